using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Is a row with vectors of any length.</summary>
public sealed class TokenRow
{
    [VectorType]
    public int[] Tokens { get; set; } = [];

    [VectorType]
    public float[] Numbers { get; set; } = [];

    [VectorType, KeyType(5)]
    public uint[] Keys { get; set; } = [];

    [VectorType]
    public VBuffer<float> Sparse { get; set; }

    [VectorType(3)]
    public byte[] Fixed { get; set; } = [1, 2, 3];

    public float Target { get; set; }
}
