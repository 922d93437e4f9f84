using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Is a row of a small problem of three classes and of a regression.</summary>
public sealed class Sample
{
    [VectorType(2)]
    public float[] Features { get; set; } = [];

    public string Label { get; set; } = "";

    /// <summary>Gets or sets the label as a number, 10, 20 or 30.</summary>
    public uint Number { get; set; }

    /// <summary>Gets or sets the label as a key without values, 0 to 2 as ML.NET counts in classes; 3 is missing.</summary>
    [KeyType(3)]
    public uint Key { get; set; }

    public float Target { get; set; }

    public float Id { get; set; }

    public string Patient { get; set; } = "";

    public bool IsValidation { get; set; }
}
