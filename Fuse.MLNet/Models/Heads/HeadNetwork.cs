namespace Fuse.MLNet;

/// <summary>Describes a head of your own: a network from the features to the raw predictions.</summary>
/// <remarks>The network takes one tensor, the joined <see cref="Head.Inputs"/>, and gives <c>[N, K]</c> or <c>[N, K, ...]</c>; one number a row may be <c>[N]</c> or <c>[N, 1]</c>.</remarks>
public sealed record HeadNetwork : Head
{
    /// <summary>Gets the network, such as <c>Network.Of&lt;MyHead&gt;(512, 10)</c>.</summary>
    public required Network Network { get; init; }

    /// <summary>Gets what is predicted. Default: one class of several. An order of classes is the network's own matter.</summary>
    /// <exception cref="ArgumentException">It is <see cref="HeadMode.Ordinal"/>, whose thresholds only the other heads have.</exception>
    public HeadMode Mode
    {
        get;
        init => field = value != HeadMode.Ordinal ? value
            : throw new ArgumentException($"{nameof(HeadNetwork)} has no thresholds for mode {nameof(HeadMode.Ordinal)}: take {nameof(HeadGlobalPoolingClassifier)} or {nameof(Head1D)}.");
    }

    internal override nn.Module<BatchDict, BatchDict> Build(SharedClassifiers shared) => new HeadNetworkModule(this);

    internal override string? WhyNotSavable() => Network.WhyNotSavable();
}
