using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Names how a map or volume of features becomes one value a channel.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GlobalPooling>))]
public enum GlobalPooling
{
    /// <summary>The largest value.</summary>
    Max,

    /// <summary>The mean.</summary>
    Avg,
}
