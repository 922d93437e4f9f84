using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Tests the metrics of the confusion matrix against ML.NET's evaluator and closed forms.</summary>
[TestClass]
public sealed class ConfusionMetricTests : MetricTest
{
    private static readonly ValueList<string> Names = ["a", "b", "c"];

    [TestMethod]
    [DataRow(1, "p")]
    [DataRow(2, "c")]
    [DataRow(3, "p")]
    public void AgreesWithMLNet(int seed, string pred)
    {
        var rows = new ScoredRows(seed, 90);
        MulticlassClassificationMetrics expected = rows.Evaluate();
        BatchDict batch = rows.Batch();
        AreClose(expected.MacroAccuracy, Compute(new MetricBalAccuracy(pred, "t"), batch).Value);
        MetricResult matrix = Compute(new MetricConfusionMatrix(pred, "t", Names), batch);
        MetricResult shares = Compute(new MetricConfusionMatrix(pred, "t", Names) { Normalize = true }, batch);
        MetricResult confusion = Compute(new MetricConfusion(pred, "t", Names, ["recall", "precision", "f1"]), batch);
        Assert.HasCount(9, matrix.Values);
        for (int i = 0; i < 3; i++)
        {
            double recall = expected.ConfusionMatrix.PerClassRecall[i];
            double precision = expected.ConfusionMatrix.PerClassPrecision[i];
            AreClose(recall, confusion[$"recall.{Names[i]}"]);
            AreClose(precision, confusion[$"precision.{Names[i]}"]);
            AreClose(2 * precision * recall / (precision + recall), confusion[$"f1.{Names[i]}"]);
            for (int j = 0; j < 3; j++)
            {
                AreClose(expected.ConfusionMatrix.Counts[i][j], matrix[$"{Names[i]}.{Names[j]}"]);
                AreClose(expected.ConfusionMatrix.Counts[i][j] / expected.ConfusionMatrix.Counts[i].Sum(), shares[$"{Names[i]}.{Names[j]}"]);
            }
        }
        AreClose(expected.ConfusionMatrix.PerClassRecall.Average(), confusion["recall.macro_avg"]);
    }

    [TestMethod]
    public void NamesEachMeasureOfTheBinaryCase() =>
        // True positives 2, false negatives 1, false positives 1, true negatives 3.
        AreNamed(
            Compute(new MetricConfusion("p", "t", metrics: ["sensitivity", "tpr", "recall", "specificity", "selectivity", "tnr", "precision", "ppv", "f1"]),
                Batch(Longs("1 1 0 1 0 0 0"), Longs("1 1 1 0 0 0 0"))),
            ("sensitivity", 2 / 3.0), ("tpr", 2 / 3.0), ("recall", 2 / 3.0), ("specificity", 0.75), ("selectivity", 0.75), ("tnr", 0.75),
            ("precision", 2 / 3.0), ("ppv", 2 / 3.0), ("f1", 2 / 3.0));

    [TestMethod]
    public void TooManyClassesForATableAreNamed() => Assert.Contains("'p' has 1000000 classes, and a table of each against each takes 7451 GB",
        Assert.Throws<Exception>(() => Compute(new MetricConfusion("p", "t"), Batch(Longs("0 999999"), Longs("0 1")))).Message);

    [TestMethod]
    public void AbsentClassesAreLeftOutOfAverages()
    {
        BatchDict batch = Batch(Longs("0 0 1 1"), Longs("0 1 1 1"));
        AreNamed(
            Compute(new MetricConfusion("p", "t", Names, ["sensitivity", "specificity", "precision", "f1"]), batch),
            ("sensitivity.a", 1), ("sensitivity.b", 2 / 3.0), ("sensitivity.c", double.NaN), ("sensitivity.macro_avg", 5 / 6.0),
            ("specificity.a", 2 / 3.0), ("specificity.b", 1), ("specificity.c", 1), ("specificity.macro_avg", 8 / 9.0),
            ("precision.a", 0.5), ("precision.b", 1), ("precision.c", 0), ("precision.macro_avg", 0.5),
            ("f1.a", 2 / 3.0), ("f1.b", 0.8), ("f1.c", double.NaN), ("f1.macro_avg", 11 / 15.0));
        Assert.IsTrue(double.IsNaN(Compute(new MetricConfusionMatrix("p", "t", Names) { Normalize = true }, batch)["c.a"]));
    }

    [TestMethod]
    public void ARowWithoutAClassIsMissedAndNothingElse()
    {
        BatchDict batch = Batch(Longs("1 -1 0 -1"), Longs("1 1 0 0"));
        AreNamed(Compute(new MetricConfusion("p", "t", metrics: ["sensitivity", "specificity", "precision"]), batch), ("sensitivity", 0.5), ("specificity", 1), ("precision", 1));
        AreNamed(Compute(new MetricConfusionMatrix("p", "t", ["n", "y"]) { Normalize = true }, batch), ("n.n", 0.5), ("n.y", 0), ("y.n", 0), ("y.y", 0.5));
    }

    [TestMethod]
    public void IndicesWithoutNamesTellTheNumberOfClasses() => AreNamed(
        Compute(new MetricConfusion("p", "t"), Batch(Longs("0 1 3 1"), Longs("0 1 3 3"))),
        ("sensitivity.0", 1), ("sensitivity.1", 1), ("sensitivity.2", double.NaN), ("sensitivity.3", 0.5), ("sensitivity.macro_avg", 5 / 6.0));

    [TestMethod]
    // Binary: (TP TN - FP FN) / sqrt((TP + FP)(TP + FN)(TN + FP)(TN + FN)), here (2 x 3 - 1 x 1) / 12.
    [DataRow("1 1 0 1 0 0 0", "1 1 1 0 0 0 0", 5 / 12.0)]
    [DataRow("0 1 2", "0 1 2", 1.0)]
    [DataRow("1 0", "0 1", -1.0)]
    [DataRow("0 0 0", "0 1 1", 0.0)]
    // Rows of no class are one more predicted: (2 x 4 - 4) / sqrt((16 - 6)(16 - 8)).
    [DataRow("1 -1 0 -1", "1 1 0 0", 0.44721359549995793)]
    [DataRow("0 1 1", "1 1 1", double.NaN)]
    [DataRow("0 1 1", "-100 -100 -100", double.NaN)]
    public void MatthewsCorrelationOfSmallSets(string pred, string target, double expected) => AreClose(expected, Value(new MetricMCC("p", "t"), Longs(pred), Longs(target)));

    [TestMethod]
    [DataRow(1, false)]
    [DataRow(2, true)]
    public void MatthewsCorrelationIsThatOfTheOneHotColumns(int seed, bool weighted)
    {
        var rows = new ScoredRows(seed, 60);
        BatchDict batch = rows.Batch();
        double[] weights = weighted ? rows.Weights : [.. rows.Weights.Select(_ => 1.0)];
        // Gorodkin's definition: the covariance of the one-hot matrices over the root of the product of their own.
        double Covariance(Func<int, int, double> x, Func<int, int, double> y) => Enumerable.Range(0, ScoredRows.Classes).Sum(k =>
        {
            double xMean = weights.Select((w, i) => w * x(i, k)).Sum() / weights.Sum();
            double yMean = weights.Select((w, i) => w * y(i, k)).Sum() / weights.Sum();
            return weights.Select((w, i) => w * (x(i, k) - xMean) * (y(i, k) - yMean)).Sum();
        });
        double Predicted(int row, int index) => rows.Scores[row][index] == rows.Scores[row].Max() ? 1 : 0;
        double Target(int row, int index) => rows.Labels[row] == index ? 1 : 0;
        double expected = Covariance(Predicted, Target) / Math.Sqrt(Covariance(Predicted, Predicted) * Covariance(Target, Target));
        AreClose(expected, Compute(new MetricMCC("p", "t") { SampleWeight = weighted ? "w" : null }, batch).Value);
    }

    [TestMethod]
    public void WeightsAreLikeRepeatedRows()
    {
        BatchDict weighted = Batch(Longs("0 1 1 2"), Longs("0 1 2 2"), ("w", Floats("1 3 2 1")));
        BatchDict repeated = Batch(Longs("0 1 1 1 1 1 2"), Longs("0 1 1 1 2 2 2"));
        foreach (PredictedClassMetric metric in new PredictedClassMetric[] { new MetricBalAccuracy("p", "t"), new MetricMCC("p", "t"), new MetricConfusion("p", "t", Names, ["specificity", "f1"]) })
            AreNamed(Compute(metric with { SampleWeight = "w" }, weighted), [.. Compute(metric, repeated).Values.Select(value => (value.Name, value.Value))]);
    }

    [TestMethod]
    [DataRow("0 1 2 -100", "0 1 1 0", 2 / 3.0)]
    [DataRow("0 0 0", "0 0 1", 2 / 3.0)]
    [DataRow("-100 -100", "0 1", double.NaN)]
    public void BalancedAccuracyLeavesOutWhatIsNotThere(string target, string pred, double expected) =>
        AreClose(expected, Value(new MetricBalAccuracy("p", "t"), Longs(pred), Longs(target)));

    [TestMethod]
    public void AThresholdGivesClassOne() => AreNamed(
        Compute(new MetricConfusion("p", "t", metrics: ["sensitivity", "specificity"]) { Threshold = 0.3 }, Batch(Floats("0.2 0.31 0.9 0.4"), Longs("0 1 1 0"))),
        ("sensitivity", 1), ("specificity", 0.5));
}
