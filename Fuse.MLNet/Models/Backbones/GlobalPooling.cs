using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Names how feature maps <c>[N, C, ...]</c> become one vector a row, <c>[N, C]</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GlobalPooling>))]
public enum GlobalPooling
{
    /// <summary>The mean over all positions.</summary>
    Average,

    /// <summary>The largest value over all positions.</summary>
    Max,
}
