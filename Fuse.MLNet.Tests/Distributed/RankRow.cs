using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Is a row of the runs of several processes.</summary>
public sealed class RankRow
{
    [VectorType(6)]
    public float[] Features { get; set; } = [];

    [VectorType(784)]
    public float[] Pixels { get; set; } = [];

    [KeyType(3)]
    public uint Label { get; set; }
}
