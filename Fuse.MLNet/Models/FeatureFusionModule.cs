namespace Fuse.MLNet;

/// <summary>The module of <see cref="ModelFeatureFusion"/>.</summary>
internal sealed class FeatureFusionModule : HeadedModule
{
    private readonly ModelFeatureFusion _description;
    private readonly long _features;
    [TorchSharp.Utils.ComponentName(Name = "backbone")]
    private readonly nn.Module _backbone;
    [TorchSharp.Utils.ComponentName(Name = "tabular")]
    private readonly nn.Module<Tensor, Tensor>? _tabular;
    [TorchSharp.Utils.ComponentName(Name = "fusion")]
    private readonly TorchSharp.Modules.Linear? _fusion;
    private readonly Func<BatchDict, Tensor> _read;

    public FeatureFusionModule(ModelFeatureFusion description, long features, IReadOnlyList<Head> heads)
        : base(nameof(ModelFeatureFusion))
    {
        _description = description;
        _features = features;
        _backbone = description.Backbone.Build();
        _read = BatchFeatures.Reader(_backbone, "the backbone", description.Inputs);
        if (description.TabularLayers.Count > 0)
            _tabular = new ChannelLayers(description.TabularChannels, description.TabularLayers, null, description.TabularDropoutRate).Build();
        if (description.Fusion == FusionMode.Residual)
        {
            using var noGrad = no_grad();
            _fusion = SizedLayer.Linear(description.TabularFeatures, features);
            _fusion.weight!.zero_();
            _fusion.bias!.zero_();
        }
        AddHeads(heads);
        RegisterComponents();
    }

    protected override void StoreFeatures(BatchDict batch)
    {
        Tensor image = BatchFeatures.Mean(_read(batch));
        if (image.dim() < 2 || image.shape[1] != _features)
            throw new InvalidOperationException($"the backbone gave {BatchFeatures.Shape(image)} where {nameof(ModelFeatureFusion.FeatureChannels)} is {_features}");
        Tensor table = BatchFeatures.Tabular(batch, _description.TabularInputs, _description.TabularChannels, nameof(ModelFeatureFusion));
        table = _tabular?.call(table) ?? table;
        batch[_description.KeyOutFeatures] = _fusion is null ? cat([image, table], 1) : image + _fusion.call(table);
    }
}
