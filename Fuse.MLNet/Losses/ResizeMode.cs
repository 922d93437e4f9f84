using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Names how a segmentation target that is larger than the prediction is brought to its size.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ResizeMode>))]
public enum ResizeMode
{
    /// <summary>Nearest neighbour: element i comes from element floor(i x targetSize / predictionSize), as PyTorch's <c>interpolate</c>.</summary>
    Interpolate,

    /// <summary>Maximum of blocks of floor(targetSize / predictionSize), centred; of class indices the largest wins.</summary>
    MaxPool,

    /// <summary>None: sizes that differ are an error.</summary>
    None,
}
