using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class SegmentationEvaluatorTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void SmallMapsAreCountedByHand()
    {
        // Class 1: 2 of 3 found and one taken for it wrongly; class 2: 3 of 4 found; class 3 occurs nowhere; one pixel has no label, one no prediction.
        SegmentationMetrics metrics = _ml.Fuse().EvaluateSegmentation(_ml.Data.LoadFromEnumerable(new[]
        {
            new Maps { Label = [1, 1, 1, 2], PredictedLabel = [1, 1, 2, 2] },
            new Maps { Label = [2, 2, 2, 0], PredictedLabel = [2, 2, 1, 3] },
            new Maps { Label = [0, 0, 0, 2], PredictedLabel = [1, 1, 1, 0] },
        }));
        Assert.AreEqual(8, metrics.PixelCount);
        Assert.AreEqual(4, metrics.UnlabeledPixelCount);
        Assert.AreEqual(5 / 8.0, metrics.PixelAccuracy, 1e-12);
        Assert.AreEqual(2 / 4.0, metrics.PerClass[0].IntersectionOverUnion, 1e-12);
        Assert.AreEqual(4 / 6.0, metrics.PerClass[0].Dice, 1e-12);
        Assert.AreEqual(3 / 6.0, metrics.PerClass[1].IntersectionOverUnion, 1e-12);
        Assert.AreEqual(6 / 9.0, metrics.PerClass[1].Dice, 1e-12);
        Assert.AreEqual(3 / 4.0, metrics.PerClass[1].Precision, 1e-12);
        Assert.AreEqual(3 / 5.0, metrics.PerClass[1].Recall, 1e-12);
        Assert.IsTrue(double.IsNaN(metrics.PerClass[2].Dice) && double.IsNaN(metrics.PerClass[2].IntersectionOverUnion) && double.IsNaN(metrics.PerClass[2].Recall));
        Assert.AreEqual(0.5, metrics.MeanIntersectionOverUnion, 1e-12);
        Assert.AreEqual(2 / 3.0, metrics.MeanDice, 1e-12);
        Assert.AreEqual(((2 / 3.0) + (3 / 5.0)) / 2, metrics.MeanPixelAccuracy, 1e-12);
        Assert.AreEqual(0.5, metrics.FrequencyWeightedIntersectionOverUnion, 1e-12);
        CollectionAssert.AreEqual(new long[] { 1, 3, 0, 1 }, metrics.Counts[1].ToArray());
        CollectionAssert.AreEqual(new[] { "0", "1", "2" }, metrics.PerClass.Select(one => one.ClassName).ToArray());
    }

    [TestMethod]
    public void RandomMapsAgreeWithSetsOfPixels()
    {
        var random = new Random(3);
        Maps[] rows = [.. Enumerable.Range(0, 50).Select(_ => new Maps { Label = Keys(random), PredictedLabel = Keys(random) })];
        var probe = new ProbeView(_ml.Data.LoadFromEnumerable(rows));
        SegmentationMetrics metrics = _ml.Fuse().EvaluateSegmentation(probe);
        Assert.HasCount(1, probe.Passes);
        probe.AssertNothingIsLeft();
        (uint Label, uint Predicted)[] pixels = [.. rows.SelectMany(row => row.Label.Zip(row.PredictedLabel)).Where(pixel => pixel.First > 0)];
        for (uint key = 1; key <= 3; key++)
        {
            HashSet<int> label = [.. pixels.Index().Where(pixel => pixel.Item.Label == key).Select(pixel => pixel.Index)];
            HashSet<int> predicted = [.. pixels.Index().Where(pixel => pixel.Item.Predicted == key).Select(pixel => pixel.Index)];
            SegmentationClassMetrics one = metrics.PerClass[(int)key - 1];
            int both = label.Intersect(predicted).Count();
            Assert.AreEqual(both / (double)label.Union(predicted).Count(), one.IntersectionOverUnion, 1e-12);
            Assert.AreEqual(2.0 * both / (label.Count + predicted.Count), one.Dice, 1e-12);
            Assert.AreEqual(label.Count, one.LabelCount);
            Assert.AreEqual(predicted.Count, one.PredictedCount);
        }

        Assert.AreEqual(metrics.PerClass.Average(one => one.IntersectionOverUnion), metrics.MeanIntersectionOverUnion, 1e-12);
        Assert.AreEqual(metrics.PerClass.Sum(one => one.IntersectionOverUnion * one.LabelCount) / pixels.Length, metrics.FrequencyWeightedIntersectionOverUnion, 1e-12);
    }

    [TestMethod]
    [DataRow("Labels", "PredictedLabel", "has no column 'Labels' (needed for the label). Did you mean 'Label'?")]
    [DataRow("Label", "Numbers", "'Numbers' (the predicted label)")]
    [DataRow("Single", "PredictedLabel", "'Single' (the label)")]
    [DataRow("Label", "Short", "'Short' has 2 values a row, and the label 'Label' has 4")]
    [DataRow("Label", "Other", "stand for other classes")]
    public void ColumnsThatDoNotFitAreRefused(string label, string predicted, string expected)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            _ml.Fuse().EvaluateSegmentation(_ml.Data.LoadFromEnumerable(new[] { new Maps() }), label, predicted));
        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    public void AKeyBeyondItsTypeIsNamedWithItsRow()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Fuse().EvaluateSegmentation(
            _ml.Data.LoadFromEnumerable(new[] { new Maps(), new Maps { PredictedLabel = [1, 1, 9, 1] } })));
        Assert.Contains("'PredictedLabel' holds the key 9 in row 1, and has 3 keys", error.Message);
    }

    private static uint[] Keys(Random random) => [.. Enumerable.Range(0, 4).Select(_ => (uint)random.Next(4))];

    private sealed class Maps
    {
        [VectorType(4), KeyType(3)]
        public uint[] Label { get; set; } = [1, 2, 3, 1];

        [VectorType(4), KeyType(3)]
        public uint[] PredictedLabel { get; set; } = [1, 2, 3, 1];

        [VectorType(2), KeyType(3)]
        public uint[] Short { get; set; } = [1, 2];

        [VectorType(4), KeyType(5)]
        public uint[] Other { get; set; } = [1, 2, 3, 1];

        [VectorType(4)]
        public float[] Numbers { get; set; } = [1, 2, 3, 1];

        [KeyType(3)]
        public uint Single { get; set; }
    }
}
