using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Names how the features of an image and of tabular columns become one vector.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FusionMode>))]
public enum FusionMode
{
    /// <summary>
    /// The image's features plus a linear function of the tabular ones, which starts at zero: the network starts as one over the image alone. After the
    /// zero-initialized residual branches of Goyal et al., 2017.
    /// </summary>
    Residual,

    /// <summary>Both, one after the other.</summary>
    Concatenate,
}
