using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Is a row of two small images, tabular values, a class and a number.</summary>
public sealed class Scan
{
    [VectorType(36)]
    public float[] Left { get; set; } = [];

    [VectorType(72)]
    public float[] Right { get; set; } = [];

    public float Age { get; set; }

    [VectorType(2)]
    public float[] Blood { get; set; } = [];

    [KeyType(3)]
    public uint Label { get; set; }

    public float Target { get; set; }

    /// <summary>Gets the columns by batch key.</summary>
    public static Dictionary<string, TensorColumn> Columns { get; } = new(StringComparer.Ordinal)
    {
        ["data.left"] = new("Left", [1, 6, 6]),
        ["data.right"] = new("Right", [2, 6, 6]),
        ["data.age"] = new("Age"),
        ["data.blood"] = new("Blood"),
        ["data.label"] = new("Label"),
        ["data.target"] = new("Target"),
    };

    /// <summary>Makes rows.</summary>
    public static IDataView Rows(MLContext ml, int count, int seed = 1)
    {
        var random = new Random(seed);
        float[] Image(int size, int label) => [.. Enumerable.Range(0, size).Select(i => (i % 6 / 2 == label ? 1f : 0f) + (0.1f * random.NextSingle()))];
        return ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new Scan
        {
            Left = Image(36, i % 3),
            Right = Image(72, i % 3),
            Age = random.NextSingle(),
            Blood = [random.NextSingle(), i % 3],
            Label = (uint)(i % 3),
            Target = i % 3,
        }).ToArray());
    }
}
