using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Says what an output column holds in a row.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OutputKind>))]
public enum OutputKind
{
    /// <summary>One number (Single); the model gives <c>[N]</c> or <c>[N, 1]</c>.</summary>
    Scalar,

    /// <summary>A vector of Single of known size; the model gives <c>[N, ...]</c>, and the dimensions are kept.</summary>
    Vector,
}
