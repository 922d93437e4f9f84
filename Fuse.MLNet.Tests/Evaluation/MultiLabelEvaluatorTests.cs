using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class MultiLabelEvaluatorTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void SmallLabelsAreCountedByHand()
    {
        MultiLabelMetrics metrics = Evaluate(
            new() { Label = [1, 0, 1], Score = [0.75f, 0.1f, 0.6f], PredictedLabel = [true, false, true] },
            new() { Label = [0, 1, 0], Score = [0.8f, 0.4f, 0.5f], PredictedLabel = [true, false, false] },
            new() { Label = [float.NaN, 0, 0], Score = [0.9f, 0.2f, 0.25f], PredictedLabel = [true, false, false] },
            new() { Label = [float.NaN, float.NaN, float.NaN], Score = [0, 0, 0], PredictedLabel = [true, true, true] });
        Assert.AreEqual(3, metrics.RowCount);
        Assert.AreEqual(2 / 3.0, metrics.SubsetAccuracy, 1e-12);
        Assert.AreEqual(2 / 8.0, metrics.HammingLoss, 1e-12);
        // 2 true positives, 1 false positive, 1 false negative.
        Assert.AreEqual(2 / 3.0, metrics.MicroPrecision, 1e-12);
        Assert.AreEqual(2 / 3.0, metrics.MicroRecall, 1e-12);
        Assert.AreEqual(2 / 3.0, metrics.MicroF1Score, 1e-12);
        // F1: 2/3, 0, 1. The precision of the second label is not defined.
        Assert.AreEqual(((2 / 3.0) + 0 + 1) / 3, metrics.MacroF1Score, 1e-12);
        Assert.AreEqual((0.5 + 1) / 2, metrics.MacroPrecision, 1e-12);
        Assert.AreEqual(2 / 3.0, metrics.MacroRecall, 1e-12);
        // The second row's true label comes third; the others' rows are perfect.
        Assert.AreEqual((1 + (1 / 3.0) + 1) / 3, metrics.LabelRankingAveragePrecision, 1e-12);
        double[] likelihoods = [0.75, 0.9, 0.6, 0.2, 0.4, 0.5, 0.8, 0.75];
        Assert.AreEqual(likelihoods.Average(value => -Math.Log(value)), metrics.LogLoss, 1e-6);
        Assert.AreEqual(2, metrics.PerLabel[0].Count);
        Assert.AreEqual(0.5, metrics.PerLabel[0].Accuracy, 1e-12);
        Assert.IsTrue(double.IsNaN(metrics.PerLabel[1].Precision));
    }

    [TestMethod]
    public void RandomLabelsAgreeWithLoops()
    {
        var random = new Random(4);
        // Scores in tenths, so that there are equal ones.
        Row[] rows = [.. Enumerable.Range(0, 200).Select(_ => new Row
        {
            Label = [.. Enumerable.Range(0, 3).Select(_ => (float)random.Next(2))],
            Score = [.. Enumerable.Range(0, 3).Select(_ => random.Next(1, 10) / 10f)],
        })];
        foreach (Row row in rows)
            row.PredictedLabel = [.. row.Score.Select(score => score > 0.5f)];
        var probe = new ProbeView(_ml.Data.LoadFromEnumerable(rows));
        MultiLabelMetrics metrics = _ml.Fuse().EvaluateMultiLabel(probe);
        Assert.HasCount(1, probe.Passes);
        probe.AssertNothingIsLeft();
        Assert.AreEqual(rows.Average(row => row.Label.Zip(row.PredictedLabel).All(pair => pair.First == 1 == pair.Second) ? 1.0 : 0), metrics.SubsetAccuracy, 1e-12);
        Assert.AreEqual(rows.Average(row => row.Label.Zip(row.PredictedLabel).Average(pair => pair.First == 1 == pair.Second ? 0.0 : 1)), metrics.HammingLoss, 1e-12);
        Assert.AreEqual(rows.Average(Ranking), metrics.LabelRankingAveragePrecision, 1e-12);
        for (int label = 0; label < 3; label++)
        {
            (bool True, bool Predicted)[] pairs = [.. rows.Select(row => (row.Label[label] == 1, row.PredictedLabel[label]))];
            double precision = pairs.Where(pair => pair.Predicted).Average(pair => pair.True ? 1.0 : 0), recall = pairs.Where(pair => pair.True).Average(pair => pair.Predicted ? 1.0 : 0);
            Assert.AreEqual(2 * precision * recall / (precision + recall), metrics.PerLabel[label].F1Score, 1e-12);
            // ML.NET's own evaluator of the one label says the same.
            IDataView one = _ml.Data.LoadFromEnumerable(rows.Select(row => new OneLabel { Label = row.Label[label] == 1, Score = row.Score[label] - 0.5f }));
            BinaryClassificationMetrics theirs = _ml.BinaryClassification.EvaluateNonCalibrated(one);
            Assert.AreEqual(theirs.F1Score, metrics.PerLabel[label].F1Score, 1e-12);
            Assert.AreEqual(theirs.Accuracy, metrics.PerLabel[label].Accuracy, 1e-12);
        }
    }

    [TestMethod]
    [DataRow("Label", "Scores", "PredictedLabel", "has no column 'Scores' (needed for the score). Did you mean 'Score'?")]
    [DataRow("Label", "Label", "Label", "'Label' (the predicted label)")]
    [DataRow("Text", "Score", "PredictedLabel", "'Text' (the label)")]
    [DataRow("Label", "Short", "PredictedLabel", "'Short' has 2 values a row, and the label 'Label' has 3")]
    public void ColumnsThatDoNotFitAreRefused(string label, string score, string predicted, string expected) =>
        Assert.Contains(expected, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            _ml.Fuse().EvaluateMultiLabel(_ml.Data.LoadFromEnumerable(new[] { new Row() }), label, score, predicted)).Message);

    [TestMethod]
    public void ValuesThatDoNotFitAreNamedWithTheirRow()
    {
        Assert.Contains("'Label' holds 2 in row 1", Assert.ThrowsExactly<InvalidOperationException>(() => Evaluate(new Row(), new Row { Label = [0, 2, 0] })).Message);
        string message = Assert.ThrowsExactly<InvalidOperationException>(() => Evaluate(new Row { Score = [0, -1.5f, 0] })).Message;
        Assert.Contains("'Score' holds -1.5 in row 0", message);
        Assert.Contains("Activation = Sigmoid", message);
    }

    private static double Ranking(Row row)
    {
        int[] positives = [.. Enumerable.Range(0, 3).Where(i => row.Label[i] == 1)];
        return positives.Length is 0 or 3 ? 1 : positives.Average(i => positives.Count(j => row.Score[j] >= row.Score[i]) / (double)row.Score.Count(score => score >= row.Score[i]));
    }

    private MultiLabelMetrics Evaluate(params Row[] rows) => _ml.Fuse().EvaluateMultiLabel(_ml.Data.LoadFromEnumerable(rows));

    private sealed class Row
    {
        [VectorType(3)]
        public float[] Label { get; set; } = [0, 1, 0];

        [VectorType(3)]
        public float[] Score { get; set; } = [0, 1, 0];

        [VectorType(3)]
        public bool[] PredictedLabel { get; set; } = [false, true, false];

        [VectorType(2)]
        public float[] Short { get; set; } = [0, 1];

        public string Text { get; set; } = "";
    }

    private sealed class OneLabel
    {
        public bool Label { get; set; }

        public float Score { get; set; }

        public bool PredictedLabel { get; set; }
    }
}
