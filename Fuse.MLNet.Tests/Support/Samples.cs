using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Makes small data.</summary>
internal static class Samples
{
    private static readonly string[] Names = ["a", "b", "c"];
    private static readonly float[][] Centres = [[3, 0], [-3, 0], [0, 4]];

    /// <summary>Makes three clouds of points, one for each class, in turn.</summary>
    public static Sample[] Blobs(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            float x = Centres[i % 3][0] + (float)(random.NextDouble() - 0.5);
            float y = Centres[i % 3][1] + (float)(random.NextDouble() - 0.5);
            return new Sample
            {
                Features = [x, y],
                Label = Names[i % 3],
                Number = (uint)(i % 3 * 10) + 10,
                Key = (uint)(i % 3),
                Target = (2 * x) - y + 1,
                Id = i,
                Patient = $"patient {i / 5}",
                IsValidation = i % 4 == 3,
            };
        })];
    }

    /// <summary>Makes a view of clouds whose label is a key with text values.</summary>
    public static IDataView Keyed(MLContext ml, int count, int seed = 1) => Keyed(ml, Blobs(count, seed));

    public static IDataView Keyed(MLContext ml, IEnumerable<Sample> rows)
    {
        IDataView view = ml.Data.LoadFromEnumerable(rows);
        return ml.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
    }

    /// <summary>Makes a view of rows that differ on each pass: a source that does not repeat.</summary>
    public static IDataView NotRepeating(MLContext ml, int count)
    {
        int pass = 0;
        IEnumerable<Sample> Rows()
        {
            foreach (Sample row in Blobs(count, seed: ++pass))
                yield return row;
        }

        return ml.Data.LoadFromEnumerable(Rows());
    }
}
