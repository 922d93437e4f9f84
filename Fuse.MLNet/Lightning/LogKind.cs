using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Says how the values that are logged under a name in an epoch become one.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LogKind>))]
internal enum LogKind
{
    /// <summary>Their mean, weighted by rows.</summary>
    Mean,

    /// <summary>Their mean, which is also a part of the total loss.</summary>
    Loss,

    /// <summary>The last one.</summary>
    Last,

    /// <summary>The largest, or NaN when one is NaN.</summary>
    Maximum,
}
