using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Names what a transformer gives of its tokens <c>[N, T, D]</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TokenPooling>))]
public enum TokenPooling
{
    /// <summary>All tokens: <c>[N, T, D]</c>.</summary>
    None,

    /// <summary>The first token: <c>[N, D]</c>.</summary>
    Cls,

    /// <summary>The mean of the tokens: <c>[N, D]</c>.</summary>
    Mean,
}
