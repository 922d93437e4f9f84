namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Is a row of generated data.</summary>
internal sealed class Row
{
    /// <summary>Gets or sets the features.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>Gets or sets the class, a key from 0 as ML.NET counts in classes.</summary>
    [Microsoft.ML.Data.KeyType(10)]
    public uint Label { get; set; }
}
