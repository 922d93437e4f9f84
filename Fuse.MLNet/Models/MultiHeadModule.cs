namespace Fuse.MLNet;

/// <summary>The module of <see cref="ModelMultiHead"/>.</summary>
internal sealed class MultiHeadModule : HeadedModule
{
    private readonly string _keyOut;
    [TorchSharp.Utils.ComponentName(Name = "backbone")]
    private readonly nn.Module _backbone;
    private readonly Func<BatchDict, Tensor> _read;

    public MultiHeadModule(ModelMultiHead description, IReadOnlyList<Head> heads)
        : base(nameof(ModelMultiHead))
    {
        bool isJoined = description.Inputs.Count > 0;
        _keyOut = description.KeyOutFeatures;
        _backbone = description.Backbone.Build();
        _read = BatchFeatures.Reader(_backbone, "the backbone", isJoined ? description.Inputs : description.BackboneArguments, isJoined);
        AddHeads(heads);
        RegisterComponents();
    }

    protected override void StoreFeatures(BatchDict batch) => batch[_keyOut] = _read(batch);
}
