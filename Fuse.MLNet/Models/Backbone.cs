using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes a ready-made network that turns inputs into features <c>[N, C, ...]</c>, for heads to read.</summary>
/// <remarks>
/// A backbone is a <see cref="Network"/>, so it stands wherever a network does, and <c>Network.Of&lt;MyNet&gt;()</c> stands wherever a backbone does. Each
/// is listed by a frozen name, such as <c>backbone.resnet</c>, in <see cref="Network"/>.
/// </remarks>
public abstract record Backbone : Network
{
    private protected Backbone()
    {
    }

    /// <summary>Gets the number of channels of the features, their dimension 1, so that heads need not be told.</summary>
    [JsonIgnore]
    public abstract long FeatureCount { get; }
}
