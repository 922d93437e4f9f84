namespace Fuse.MLNet.Tests;

/// <summary>Tests the metrics of segmentation by maps whose overlaps are counted by hand, and by a second computation.</summary>
[TestClass]
public sealed class SegmentationMetricTests : MetricTest
{
    private static readonly string[] Kinds = ["dice", "iou", "overlap", "accuracy"];

    [TestMethod]
    // Of class 1 four elements are in the target, three in the prediction, two in both.
    [DataRow("dice", 4 / 7.0)]
    [DataRow("iou", 2 / 5.0)]
    [DataRow("overlap", 2 / 3.0)]
    [DataRow("accuracy", 2 / 4.0)]
    public void OneMapOfTwoClasses(string kind, double expected)
    {
        Tensor target = Longs("1 1 1  1 0 0  0 0 0", 1, 3, 3);
        Tensor pred = Longs("1 1 0  0 1 0  0 0 0", 1, 3, 3);
        (string, double)[] values = [("1", expected), ("average", expected)];
        AreNamed(Compute(Metric(kind) with { Classes = 2 }, Batch(pred, target)), values);
        AreNamed(Compute(Metric(kind), Batch(pred.to(ScalarType.Bool), target.to(ScalarType.Bool))), values);
        AreNamed(Compute(Metric(kind), Batch((pred * 0.8f).unsqueeze(1), target)), values);
        AreNamed(Compute(Metric(kind), Batch(pred.to(ScalarType.Float32), target.unsqueeze(1).to(ScalarType.Float32))), values);
        AreNamed(Compute(Metric(kind) with { Threshold = 0 }, Batch((pred * 4f) - 2, target)), values);
        AreNamed(Compute(Metric(kind), Batch(stack([1 - pred, pred], 1), target)), values);
        AreNamed(Compute(Metric(kind), Batch(stack([1 - pred, pred], 1).unsqueeze(2), target.unsqueeze(1))), values);
    }

    // FuseMedML's toy example: dice .6667, overlap 1, pixel accuracy .5, intersection over union .5.
    [TestMethod]
    [DataRow("dice", 2 / 3.0)]
    [DataRow("overlap", 1.0)]
    [DataRow("accuracy", 0.5)]
    [DataRow("iou", 0.5)]
    public void AMaskThatCoversHalfOfTheTarget(string kind, double expected) =>
        AreClose(expected, Compute(Metric(kind) with { Classes = 2 }, Batch(Longs("1 0 0 0", 1, 2, 2), Longs("1 1 0 0", 1, 2, 2)))["average"]);

    // FuseMedML scores each label by the mask of all labels: .833 for both, where .333 and .75 are right.
    [TestMethod]
    public void EachClassIsScoredByItsOwnMask()
    {
        // Class 1: one element in both of three in either; class 2: three of four.
        Tensor target = Longs("1 1 2 2 2 2", 1, 2, 3);
        Tensor pred = Longs("1 0 1 2 2 2", 1, 2, 3);
        AreNamed(Compute(Metric("iou") with { Classes = 3 }, Batch(pred, target)), ("1", 1 / 3.0), ("2", 0.75), ("average", ((1 / 3.0) + 0.75) / 2));
        AreNamed(
            Compute(Metric("iou") with { ClassNames = ["nothing", "kidney", "tumour"], IncludeBackground = true }, Batch(pred, target)),
            ("nothing", 0), ("kidney", 1 / 3.0), ("tumour", 0.75), ("average", ((1 / 3.0) + 0.75) / 3));
    }

    [TestMethod]
    [DataRow("dice")]
    [DataRow("iou")]
    [DataRow("overlap")]
    [DataRow("accuracy")]
    public void EmptyMasks(string kind)
    {
        // Row 0 has class 1 in both, right; row 1 has it in the prediction only; row 2 in the target only; row 3 in neither. Class 2 is nowhere.
        Tensor target = Longs("1 1  0 0  1 1  0 0", 4, 1, 2);
        Tensor pred = Longs("1 1  1 0  0 0  0 0", 4, 1, 2);
        MetricResult result = Compute(Metric(kind) with { Classes = 3 }, Batch(pred, target));
        AreNamed(result, ("1", 1 / 3.0), ("2", double.NaN), ("average", 1 / 3.0));
        AreNamed(Compute(Metric(kind) with { Classes = 2 }, Batch(pred[3..4], target[3..4])), ("1", double.NaN), ("average", double.NaN));
        AreNamed(Compute(Metric(kind) with { Classes = 2, Pooled = true }, Batch(pred[3..4], target[3..4])), ("1", double.NaN), ("average", double.NaN));
        AreNamed(Metric(kind).Compute([]), ("1", double.NaN), ("average", double.NaN));
    }

    [TestMethod]
    [DataRow(1, false, false)]
    [DataRow(2, true, false)]
    [DataRow(3, false, true)]
    [DataRow(4, true, true)]
    public void AgreesWithCountingElements(int seed, bool pooled, bool isVolume)
    {
        random.manual_seed(seed);
        long[] space = isVolume ? [2, 3, 4] : [5, 4];
        const int Classes = 4;
        Tensor scores = randn([6, Classes, .. space]);
        // Classes 0 to 2 in the target, some elements without one.
        Tensor target = randint(0, 3, [6, .. space], ScalarType.Int64);
        target = target.where(rand_like(target, ScalarType.Float32).gt(0.2), full_like(target, -100));
        long[] predicted = scores.argmax(1).flatten().data<long>().ToArray();
        long[] wanted = target.flatten().data<long>().ToArray();
        int size = wanted.Length / 6;
        foreach (string kind in Kinds)
        {
            MetricResult result = Compute(Metric(kind) with { IncludeBackground = true, Pooled = pooled }, Batch(scores, target));
            for (int index = 0; index < Classes; index++)
            {
                IEnumerable<int[]> samples = pooled ? [[.. Enumerable.Range(0, wanted.Length)]] : Enumerable.Range(0, 6).Select(row => Enumerable.Range(row * size, size).ToArray());
                double[] expected =
                [
                    .. samples.Select(sample => Score(kind, [.. sample.Where(i => wanted[i] != -100).Select(i => (predicted[i] == index, wanted[i] == index))]))
                        .Where(value => !double.IsNaN(value)),
                ];
                AreClose(expected.Average(), result[$"{index}"], $"{kind} of {index}");
            }
        }
    }

    private static SegmentationMetric Metric(string kind) => kind switch
    {
        "dice" => new MetricDice("p", "t"),
        "iou" => new MetricIouJaccard("p", "t"),
        "overlap" => new MetricOverlap("p", "t"),
        _ => new MetricPixelAccuracy("p", "t"),
    };

    private static double Score(string kind, (bool Predicted, bool Wanted)[] elements)
    {
        double both = elements.Count(element => element.Predicted && element.Wanted);
        double either = elements.Count(element => element.Predicted || element.Wanted);
        (double predicted, double wanted) = (elements.Count(element => element.Predicted), elements.Count(element => element.Wanted));
        return either == 0 ? double.NaN : both == 0 ? 0 : kind switch
        {
            "dice" => 2 / ((predicted / both) + (wanted / both)),
            "iou" => both / either,
            "overlap" => Math.Max(both / predicted, both / wanted),
            _ => both / wanted,
        };
    }
}
