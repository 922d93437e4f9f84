using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Is a row of a picture of three channels and 64 x 64 pixels.</summary>
public sealed class PictureSample
{
    [VectorType(3 * 64 * 64)]
    public float[] Image { get; set; } = [];

    [KeyType(3)]
    public uint Label { get; set; }
}
