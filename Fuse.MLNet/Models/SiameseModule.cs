namespace Fuse.MLNet;

/// <summary>The module of <see cref="ModelSiamese"/>.</summary>
internal sealed class SiameseModule : HeadedModule
{
    private readonly string _keyOut;
    [TorchSharp.Utils.ComponentName(Name = "backbone")]
    private readonly nn.Module _backbone;
    private readonly Func<BatchDict, Tensor> _read0;
    private readonly Func<BatchDict, Tensor> _read1;

    public SiameseModule(ModelSiamese description, IReadOnlyList<Head> heads)
        : base(nameof(ModelSiamese))
    {
        _keyOut = description.KeyOutFeatures;
        _backbone = description.Backbone.Build();
        _read0 = BatchFeatures.Reader(_backbone, "the backbone", description.Inputs0);
        _read1 = BatchFeatures.Reader(_backbone, "the backbone", description.Inputs1);
        AddHeads(heads);
        RegisterComponents();
    }

    protected override void StoreFeatures(BatchDict batch)
    {
        string[] keys = [$"{_keyOut}_0", $"{_keyOut}_1"];
        batch[keys[0]] = _read0(batch);
        batch[keys[1]] = _read1(batch);
        batch[_keyOut] = BatchFeatures.Concat(batch, keys);
    }
}
