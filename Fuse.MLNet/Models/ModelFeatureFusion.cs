namespace Fuse.MLNet;

/// <summary>Describes a model over an image, or any input of a backbone, together with tabular columns.</summary>
/// <remarks>
/// The backbone's features are averaged over all places, <c>[N, C]</c>; the tabular columns go through linear layers with ReLU, <c>[N, T]</c>; both are fused
/// under <see cref="HeadedModel.KeyOutFeatures"/>: <c>[N, C]</c> by <see cref="FusionMode.Residual"/>, <c>[N, C + T]</c> by <see cref="FusionMode.Concatenate"/>.
/// Parameters are named <c>backbone.*</c>, <c>tabular.*</c>, <c>fusion.*</c> and <c>heads.*</c>. Standardize the columns.
/// </remarks>
public sealed record ModelFeatureFusion : HeadedModel
{
    /// <summary>Gets the keys of the backbone's input, joined on dimension 1.</summary>
    public required ValueList<string> Inputs { get; init => field = ModelOption.Keys(value); }

    /// <summary>Gets the network that makes the features <c>[N, C, ...]</c>.</summary>
    public required Network Backbone { get; init; }

    /// <summary>Gets the number of channels of the backbone's features. Default: 0, as the backbone gives them.</summary>
    public long FeatureChannels { get; init => field = ModelOption.NotNegative(value); }

    /// <summary>Gets the keys of the tabular columns, <c>[N]</c> or <c>[N, T]</c>.</summary>
    public required ValueList<string> TabularInputs { get; init => field = ModelOption.Keys(value); }

    /// <summary>Gets the number of values of <see cref="TabularInputs"/> together. Default: 0, as the data has them.</summary>
    public long TabularChannels { get; init => field = ModelOption.NotNegative(value); }

    /// <summary>Gets the widths of the layers of the tabular columns. Default: one of 64.</summary>
    public ValueList<long> TabularLayers { get; init => field = ModelOption.Sizes(value); } = [64];

    /// <summary>Gets the probability with which values of <see cref="TabularLayers"/> are dropped in training. Default: 0.1.</summary>
    public double TabularDropoutRate { get; init => field = ModelOption.Dropout(value); } = 0.1;

    /// <summary>Gets how both are fused. Default: residual.</summary>
    public FusionMode Fusion { get; init; }

    internal override IEnumerable<Network> Networks => [Backbone];

    /// <summary>Gets the number of tabular features after their layers.</summary>
    internal long TabularFeatures => TabularLayers.Count > 0 ? TabularLayers[^1] : TabularChannels;

    internal override Dictionary<string, long> KnownChannels()
    {
        long features = FeatureChannels > 0 ? FeatureChannels : ChannelsOf(Backbone) ?? 0;
        return features == 0 || TabularFeatures == 0 ? [] : new() { [KeyOutFeatures] = features + (Fusion == FusionMode.Concatenate ? TabularFeatures : 0) };
    }

    internal override FuseModel Infer(DataShapes data)
    {
        using var scope = NewDisposeScope();
        BatchDict rows = data.Rows();
        Dictionary<string, long> channels = [];
        if (FeatureChannels == 0 && ChannelsOf(Backbone) is null)
            new ModelMultiHead { Inputs = Inputs, Backbone = Backbone, Heads = [] }.AddFeatures(channels, rows);
        return (this with
        {
            FeatureChannels = FeatureChannels > 0 ? FeatureChannels : ChannelsOf(Backbone) ?? channels[Head.BackboneFeatures],
            TabularChannels = TabularChannels > 0 ? TabularChannels : TabularInputs.Sum(key => BatchFeatures.Channels(rows[key])),
        }).WithHeads(data);
    }

    internal override HeadedModule BuildModule(IReadOnlyList<Head> heads)
    {
        long features = FeatureChannels > 0 ? FeatureChannels : ChannelsOf(Backbone) ?? 0;
        if (Inputs.Count == 0 || TabularInputs.Count == 0)
            throw MLNetErrors.Mark(new ArgumentException($"{nameof(ModelFeatureFusion)} needs keys in both {nameof(Inputs)} and {nameof(TabularInputs)}."));
        return features > 0 && TabularChannels > 0 ? new FeatureFusionModule(this, features, heads) : throw MLNetErrors.Mark(new ArgumentException(
            $"{nameof(ModelFeatureFusion)} takes its numbers of channels from the data, in Fit; to build it by itself, set {nameof(FeatureChannels)} and {nameof(TabularChannels)}."));
    }

    private FuseModel WithHeads(DataShapes data) => base.Infer(data);
}
