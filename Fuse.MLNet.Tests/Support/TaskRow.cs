using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Is a row with a label of every task.</summary>
public sealed class TaskRow
{
    [VectorType(1, 2, 2)]
    public float[] Features { get; set; } = [];

    /// <summary>Gets or sets whether the first feature is positive.</summary>
    public bool Flag { get; set; }

    public float Number { get; set; }

    public bool Left { get; set; }

    public bool Right { get; set; }

    public float Up { get; set; }

    public float Down { get; set; }

    /// <summary>Gets or sets a class for each feature: low, middle or high.</summary>
    [VectorType(2, 2)]
    public string[] Map { get; set; } = [];

    /// <summary>Makes rows.</summary>
    public static TaskRow[] Make(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            float[] features = [.. Enumerable.Range(0, 4).Select(_ => (4 * random.NextSingle()) - 2)];
            return new TaskRow
            {
                Features = features,
                Flag = features[0] > 0,
                Number = 1000 + (300 * features[0]) - (100 * features[1]),
                Left = features[1] > 0,
                Right = features[2] > features[3],
                Up = features[0] + features[1],
                Down = 50 * features[2],
                Map = [.. features.Select(value => value < -0.7f ? "low" : value > 0.7f ? "high" : "middle")],
            };
        })];
    }
}
