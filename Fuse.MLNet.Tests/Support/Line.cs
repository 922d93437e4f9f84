using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Is a row of a regression of one feature.</summary>
public sealed class Line
{
    [VectorType(1)]
    public float[] X { get; set; } = [];

    public float Y { get; set; }

    public bool IsValidation { get; set; }
}
