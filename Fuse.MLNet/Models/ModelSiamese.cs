namespace Fuse.MLNet;

/// <summary>Describes one backbone that is run on two inputs, and heads over both features.</summary>
/// <remarks>
/// FuseMedML's <c>ModelSiamese</c>, which cannot be constructed there. Features: both joined on dimension 1 under <see cref="HeadedModel.KeyOutFeatures"/>, each
/// under that key with <c>_0</c> and <c>_1</c>. Both runs share their weights, and batch normalization sees the inputs one after the other.
/// </remarks>
public sealed record ModelSiamese : HeadedModel
{
    /// <summary>Gets the keys of the first input, joined on dimension 1.</summary>
    public required ValueList<string> Inputs0 { get; init => field = ModelOption.Keys(value); }

    /// <summary>Gets the keys of the second input, joined on dimension 1.</summary>
    public required ValueList<string> Inputs1 { get; init => field = ModelOption.Keys(value); }

    /// <summary>Gets the network that makes the features of either input.</summary>
    public required Network Backbone { get; init; }

    internal override IEnumerable<Network> Networks => [Backbone];

    internal override Dictionary<string, long> KnownChannels() => ChannelsOf(Backbone) is not { } channels ? []
        : new() { [KeyOutFeatures] = 2 * channels, [$"{KeyOutFeatures}_0"] = channels, [$"{KeyOutFeatures}_1"] = channels };

    internal override HeadedModule BuildModule(IReadOnlyList<Head> heads) => Inputs0.Count > 0 && Inputs1.Count > 0 ? new SiameseModule(this, heads)
        : throw MLNetErrors.Mark(new ArgumentException($"{nameof(ModelSiamese)} needs keys in both {nameof(Inputs0)} and {nameof(Inputs1)}."));
}
