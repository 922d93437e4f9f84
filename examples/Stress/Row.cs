using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Is a row of 16 small whole numbers, which are an image, a table or a text, and its class.</summary>
internal sealed class Row
{
    /// <summary>The number of features.</summary>
    public const int Width = 16;

    [VectorType(Width)]
    public float[] Features { get; set; } = [];

    [KeyType(3)]
    public uint Label { get; set; }

    /// <summary>Makes rows of three classes.</summary>
    public static Row[] Make(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => new Row
        {
            Label = (uint)(i % 3),
            Features = [.. Enumerable.Range(0, Width).Select(at => (float)random.Next(at % 3 == i % 3 ? 2 : 0, 4))],
        })];
    }

    /// <summary>Makes rows as a view.</summary>
    public static IDataView View(MLContext ml, int count, int seed) => ml.Data.LoadFromEnumerable(Make(count, seed));
}
