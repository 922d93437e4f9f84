using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Names the sequence that the other one attends to.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CrossAttentionContext>))]
public enum CrossAttentionContext
{
    /// <summary>The first attends to the second.</summary>
    SeqB,

    /// <summary>The second attends to the first.</summary>
    SeqA,

    /// <summary>Each attends to the other; the first's tokens come first in the output.</summary>
    Both,
}
