namespace Fuse.MLNet;

/// <summary>Describes several backbones, each for a part of the input, and heads over their joined features.</summary>
/// <remarks>
/// FuseMedML's <c>ModelMultistream</c>. One key of input is split into channels, by default one for each backbone; or each backbone has a key of its own. The
/// features are joined on dimension 1. Parameters are named <c>backbones.0.*</c>, <c>backbones.1.*</c> and so on. Other splits are several columns.
/// </remarks>
public sealed record ModelMultistream : HeadedModel
{
    /// <summary>Gets one key, whose channels the backbones share, or as many keys as there are backbones.</summary>
    public required ValueList<string> Inputs { get; init => field = ModelOption.Keys(value); }

    /// <summary>Gets the networks, one for each stream.</summary>
    public required ValueList<Network> Backbones { get; init; }

    /// <summary>Gets the number of channels of the one input for each backbone. Default: one channel each.</summary>
    public ValueList<long> StreamChannels { get; init => field = ModelOption.Sizes(value); } = [];

    internal override IEnumerable<Network> Networks => Backbones;

    internal override Dictionary<string, long> KnownChannels() =>
        Backbones.Any(backbone => ChannelsOf(backbone) is null) ? [] : new() { [KeyOutFeatures] = Backbones.Sum(backbone => ChannelsOf(backbone)!.Value) };

    internal override HeadedModule BuildModule(IReadOnlyList<Head> heads)
    {
        if (Backbones.Count == 0 || (Inputs.Count != 1 && Inputs.Count != Backbones.Count))
            throw Mistake($"has {Backbones.Count} {nameof(Backbones)} and {Inputs.Count} keys in {nameof(Inputs)}: give one key, or one for each backbone");
        if (StreamChannels.Count > 0 && (StreamChannels.Count != Backbones.Count || Inputs.Count > 1))
            throw Mistake($"has {StreamChannels.Count} sizes in {nameof(StreamChannels)}, for {Backbones.Count} {nameof(Backbones)} and {Inputs.Count} keys in {nameof(Inputs)}: give one size for each backbone of the one key");
        return new MultistreamModule(this, heads);
    }

    private static ArgumentException Mistake(string what) => MLNetErrors.Mark(new ArgumentException($"{nameof(ModelMultistream)} {what}."));
}
