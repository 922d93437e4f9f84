using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Names how a loss that has one value a row makes one number of them.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RowReduction>))]
public enum RowReduction
{
    /// <summary>Mean over the rows.</summary>
    Mean,

    /// <summary>Sum over the rows; the loss then has no rows, so it takes no example weights.</summary>
    Sum,
}
