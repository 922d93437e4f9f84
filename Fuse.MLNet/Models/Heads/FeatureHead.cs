namespace Fuse.MLNet;

/// <summary>Describes a head of layers over features, to which tabular columns may be appended.</summary>
/// <remarks>
/// Features, reduced as the head says, and tabular columns, through layers of their own when there are some, are joined on dimension 1 and go
/// through linear layers with ReLU and dropout between them. Numbers of channels follow from the backbone and the data.
/// </remarks>
public abstract record FeatureHead : Head
{
    private protected FeatureHead()
    {
    }

    /// <summary>Gets what is predicted. Default: one class of several.</summary>
    public HeadMode Mode { get; init; }

    /// <summary>Gets the number of channels of <see cref="Head.Inputs"/> together. Default: 0, as the backbone gives them.</summary>
    public long InChannels { get; init => field = ModelOption.NotNegative(value); }

    /// <summary>Gets the widths of the hidden layers. Default: one of 256.</summary>
    public ValueList<long> Layers { get; init => field = ModelOption.Sizes(value); } = [256];

    /// <summary>Gets the keys of tabular columns, <c>[N]</c> or <c>[N, T]</c>, that join the features before the layers. Default: none.</summary>
    public ValueList<string> TabularInputs { get; init => field = ModelOption.Keys(value); } = [];

    /// <summary>Gets the number of values of <see cref="TabularInputs"/> together. Default: 0, as the data has them.</summary>
    public long TabularChannels { get; init => field = ModelOption.NotNegative(value); }

    /// <summary>Gets the widths of layers that the tabular columns go through before they join. Default: none.</summary>
    public ValueList<long> TabularLayers { get; init => field = ModelOption.Sizes(value); } = [];

    /// <summary>Gets the probability with which values of <see cref="TabularLayers"/> are dropped in training. Default: 0.</summary>
    public double TabularDropoutRate { get; init => field = ModelOption.Dropout(value); }

    /// <summary>
    /// Gets a name under which heads share one set of layers, which trains on all of them; they must have equal channels, <see cref="Layers"/>, outputs and
    /// dropout. Default: null, layers of its own.
    /// </summary>
    public string? SharedClassifier { get; init => field = value is null ? null : ModelOption.Name(value); }

    internal abstract long OutputCount { get; }

    /// <summary>Gets the dropout between the hidden layers.</summary>
    internal abstract double LayersDropout { get; }

    /// <summary>Gets the dropout of the reduced features.</summary>
    internal virtual double FeatureDropout => 0;

    internal override IEnumerable<string> UnsizedKeys => [.. InChannels == 0 ? Inputs : [], .. TabularChannels == 0 ? TabularInputs : []];

    /// <summary>Reduces features to those that the layers read.</summary>
    internal abstract Tensor Reduce(Tensor features);

    internal override Head Sized(IReadOnlyDictionary<string, long> channels) => this with
    {
        InChannels = InChannels == 0 ? Inputs.Sum(key => channels[key]) : InChannels,
        TabularChannels = TabularChannels == 0 ? TabularInputs.Sum(key => channels[key]) : TabularChannels,
    };

    internal override nn.Module<BatchDict, BatchDict> Build(SharedClassifiers shared)
    {
        if (Inputs.Count + TabularInputs.Count == 0)
            throw MLNetErrors.Mark(new ArgumentException($"The head '{HeadName}' reads nothing: give keys in {nameof(Inputs)} or {nameof(TabularInputs)}."));
        if (Mode is HeadMode.Classification or HeadMode.Ordinal && OutputCount < 2)
            throw MLNetErrors.Mark(new ArgumentException($"The head '{HeadName}' has {OutputCount} output in mode {Mode}: the probability of an only class is always 1. " +
                $"For yes or no take mode {nameof(HeadMode.MultiLabel)} with 1 output, for a number mode {nameof(HeadMode.Regression)}."));
        return new FeatureHeadModule(this, shared);
    }
}
