namespace Fuse.MLNet.Tests;

/// <summary>Tests accuracy against ML.NET's evaluator and counts by hand.</summary>
[TestClass]
public sealed class MetricAccuracyTests : MetricTest
{
    private static readonly MetricAccuracy Accuracy = new("p", "t");

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(2, 2)]
    [DataRow(3, 1)]
    [DataRow(4, 2)]
    public void AgreesWithMLNet(int seed, int topK)
    {
        var rows = new ScoredRows(seed, 101);
        var metrics = rows.Evaluate(topK);
        AreClose(topK == 1 ? metrics.MicroAccuracy : metrics.TopKAccuracy, Compute(Accuracy with { TopK = topK }, rows.Batch()).Value);
    }

    [TestMethod]
    [DataRow("0 1 2 1", "0 1 2 1", 1.0)]
    [DataRow("0 1 2 1", "0 2 2 0", 0.5)]
    [DataRow("0 1 -1 1", "0 1 2 -100", 2.0 / 3)]
    [DataRow("0 0 0 0", "-100 -100 -100 -100", double.NaN)]
    public void CountsClassIndices(string pred, string target, double expected)
    {
        AreClose(expected, Value(Accuracy, Longs(pred), Longs(target)));
        AreClose(expected, Value(Accuracy, Longs(pred), Longs(target).to(ScalarType.Int32).unsqueeze(1)), "a column of another type");
        Tensor missing = Floats(target);
        AreClose(expected, Value(Accuracy, Floats(pred), missing.where(missing.ge(0), full_like(missing, float.NaN))), "numbers with NaN");
    }

    [TestMethod]
    [DataRow("0.2 0.5 0.51 0.9", "0 1 1 0", 0.5, 0.5)]
    [DataRow("0.2 0.5 0.51 0.9", "0 1 1 0", 0.4, 0.75)]
    [DataRow("0 1 NaN NaN", "0 1 0 1", 0.5, 0.5)]
    public void AThresholdTakesWhatIsAbove(string pred, string target, double threshold, double expected)
    {
        MetricAccuracy metric = Accuracy with { Threshold = threshold };
        Tensor probability = Floats(pred);
        AreClose(expected, Value(metric, probability, Longs(target)));
        AreClose(expected, Value(metric, probability.unsqueeze(1), Longs(target)), "[N, 1]");
        AreClose(expected, Value(metric, stack([1 - probability, probability], 1), Longs(target)), "[N, 2]");
    }

    [TestMethod]
    [DataRow(1, 0.5)]
    [DataRow(2, 0.75)]
    [DataRow(3, 1.0)]
    public void OfEqualScoresTheLowerIndexComesFirst(int topK, double expected) =>
        AreClose(expected, Value(Accuracy with { TopK = topK }, Floats("1 1 0  1 1 0  2 2 2  0 1 2", 4, 3), Longs("0 1 2 2")));

    [TestMethod]
    public void WhatIsNotANumberIsWrong()
    {
        Tensor pred = Floats("NaN 1 0  NaN NaN NaN  1 0 0", 3, 3);
        foreach (int topK in new[] { 1, 2 })
            AreClose(1.0 / 3, Value(Accuracy with { TopK = topK }, pred, Longs("0 0 0")));
    }

    [TestMethod]
    public void WeighsRows()
    {
        var rows = new ScoredRows(6, 50);
        double[] weights = rows.Weights;
        double right = rows.Labels.Select((label, i) => rows.Scores[i][label] == rows.Scores[i].Max() ? weights[i] : 0).Sum();
        AreClose(right / weights.Sum(), Compute(new MetricAccuracy("p", "t", sampleWeight: "w"), rows.Batch()).Value);
    }

    [TestMethod]
    public void CountsTheElementsOfDensePredictions()
    {
        // Two rows of 2 x 2: three of the seven elements that have a target are right.
        Tensor target = Longs("0 1 1 -100  0 0 1 1", 2, 2, 2);
        Tensor predicted = Longs("0 0 0 0  1 1 1 1", 2, 2, 2);
        AreClose(3.0 / 7, Value(Accuracy, predicted, target));
        Tensor scores = nn.functional.one_hot(predicted, 2).permute(0, 3, 1, 2).to(ScalarType.Float32);
        AreClose(3.0 / 7, Value(Accuracy, scores, target));
        AreClose(3.0 / 7, Value(Accuracy with { Threshold = 0.5 }, scores.narrow(1, 1, 1), target), "one channel");
        // The first row weighs 3 and has 1 of 3, the second weighs 1 and has 2 of 4.
        AreClose((3.0 + 2) / (9 + 4), Compute(new MetricAccuracy("p", "t", "w"), Batch(predicted, target, ("w", Floats("3 1")))).Value);
    }

    [TestMethod]
    public void NoRowsAreNotDefined()
    {
        Assert.IsTrue(double.IsNaN(Accuracy.Compute([]).Value));
        Assert.IsTrue(double.IsNaN(Accuracy.Compute([Batch(zeros([0, 3]), zeros([0], ScalarType.Int64))]).Value));
    }
}
