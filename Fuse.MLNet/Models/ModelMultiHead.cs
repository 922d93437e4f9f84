namespace Fuse.MLNet;

/// <summary>Describes a backbone whose features several heads read.</summary>
/// <remarks>FuseMedML's <c>ModelMultiHead</c>. Parameters are named <c>backbone.*</c> and <c>heads.&lt;head&gt;.*</c>.</remarks>
public sealed record ModelMultiHead : HeadedModel
{
    /// <summary>Gets the keys of the backbone's input, joined on dimension 1 (FuseMedML's <c>conv_inputs</c>). Either these or <see cref="BackboneArguments"/> are set.</summary>
    public ValueList<string> Inputs { get; init => field = ModelOption.Keys(value); } = [];

    /// <summary>Gets the keys of the backbone's inputs when each is an argument of its own, in the order of its parameters (FuseMedML's <c>backbone_args</c>). Default: none.</summary>
    public ValueList<string> BackboneArguments { get; init => field = ModelOption.Keys(value); } = [];

    /// <summary>Gets the network that makes the features <c>[N, C, ...]</c>: a backbone, or <c>Network.Of&lt;MyNet&gt;()</c>.</summary>
    public required Network Backbone { get; init; }

    internal override IEnumerable<Network> Networks => [Backbone];

    internal override Dictionary<string, long> KnownChannels() => ChannelsOf(Backbone) is { } channels ? new() { [KeyOutFeatures] = channels } : [];

    internal override HeadedModule BuildModule(IReadOnlyList<Head> heads) => (Inputs.Count > 0) ^ (BackboneArguments.Count > 0) ? new MultiHeadModule(this, heads)
        : throw MLNetErrors.Mark(new ArgumentException($"{nameof(ModelMultiHead)} needs the keys of the backbone's inputs: set either {nameof(Inputs)} or {nameof(BackboneArguments)}."));
}
