using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Tests the regression metrics against ML.NET's evaluator and closed forms.</summary>
[TestClass]
public sealed class RegressionMetricTests : MetricTest
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void AgreesWithMLNet(int seed)
    {
        var random = new Random(seed);
        Row[] rows = [.. Enumerable.Range(0, 60).Select(_ => (float)random.NextDouble()).Select(x => new Row { Label = 5 * x, Score = (5 * x) + (float)random.NextDouble() })];
        var ml = new MLContext(1);
        RegressionMetrics expected = ml.Regression.Evaluate(ml.Data.LoadFromEnumerable(rows));
        BatchDict batch = Batch(tensor(rows.Select(row => row.Score).ToArray()).unsqueeze(1), tensor(rows.Select(row => row.Label).ToArray()));
        AreClose(expected.MeanAbsoluteError, Compute(new MetricMAE("p", "t"), batch).Value);
        AreClose(expected.MeanSquaredError, Compute(new MetricMSE("p", "t"), batch).Value);
        AreClose(expected.RootMeanSquaredError, Compute(new MetricRMSE("p", "t"), batch).Value);
        AreClose(expected.RSquared, Compute(new MetricR2("p", "t"), batch).Value);
    }

    [TestMethod]
    // By hand: differences 1 -1 2; the targets' mean is 3 and their squared distances from it are 4 1 9.
    [DataRow("mae", "2 1 8", "1 2 6", 4 / 3.0)]
    [DataRow("mse", "2 1 8", "1 2 6", 6 / 3.0)]
    [DataRow("rmse", "2 1 8", "1 2 6", 1.4142135623730951)]
    [DataRow("r2", "2 1 8", "1 2 6", 1 - (6 / 14.0))]
    [DataRow("r2", "3 3 3", "1 2 6", 0.0)]
    [DataRow("r2", "1 2 3", "5 5 5", double.NaN)]
    [DataRow("pearson", "1 2 3 4", "2 4 6 8", 1.0)]
    [DataRow("pearson", "1 2 3 4", "-3 -5 -7 -9", -1.0)]
    // Covariance 1, variances 2 and 2.
    [DataRow("pearson", "1 2 3", "1 3 2", 0.5)]
    [DataRow("pearson", "0.1 0.1 0.1", "1 2 3", double.NaN)]
    [DataRow("pearson", "1 2 3", "7 7 7", double.NaN)]
    [DataRow("spearman", "1 2 3 4", "1 10 100 1000", 1.0)]
    [DataRow("spearman", "1 2 3 4", "8 4 2 1", -1.0)]
    // Without ties: 1 - 6 sum(d^2) / (n (n^2 - 1)), d = 0 1 1 -2 0.
    [DataRow("spearman", "10 20 30 40 50", "1 3 4 2 9", 1 - (6 * 6 / (5 * 24.0)))]
    // Ranks 1 2.5 2.5 4 and 1 2 3.5 3.5: covariance 3.75 of variances 4.5 and 4.5.
    [DataRow("spearman", "1 2 2 3", "1 5 7 7", 3.75 / 4.5)]
    [DataRow("spearman", "1 2 3", "7 7 7", double.NaN)]
    public void SmallSets(string kind, string pred, string target, double expected)
    {
        AreClose(expected, Value(Metric(kind), Floats(pred), Floats(target)));
        AreClose(expected, Value(Metric(kind), Floats(pred).unsqueeze(1), Longs(target)), "a column and whole numbers");
        AreClose(expected, Value(Metric(kind), Floats(pred + " 99 98"), Floats(target + " NaN NaN")), "rows without a target");
        AreClose(expected, Value(Metric(kind), Floats(pred + " NaN"), Floats(target + " NaN")), "a row without anything");
        BatchDict masked = Batch(Floats(pred + " 99"), Floats(target + " 1"), ("m", tensor(pred.Split(' ').Select(_ => true).Append(false).ToArray())));
        AreClose(expected, Compute(Metric(kind) with { Mask = "m" }, masked).Value, "a masked row");
        Assert.IsTrue(double.IsNaN(Value(Metric(kind), Floats(pred + " NaN"), Floats(target + " 1"))), "A prediction that is not a number went unseen.");
        Assert.IsTrue(double.IsNaN(Metric(kind).Compute([]).Value), "no batch");
        Assert.IsTrue(double.IsNaN(Value(Metric(kind), Floats("1 2"), Floats("NaN NaN"))), "no target");
    }

    [TestMethod]
    [DataRow("mae")]
    [DataRow("rmse")]
    [DataRow("r2")]
    [DataRow("pearson")]
    [DataRow("spearman")]
    public void AllColumnsCountAsOne(string kind)
    {
        random.manual_seed(7);
        (Tensor pred, Tensor target) = (randn(9, 2, 3), randn(9, 2, 3));
        double expected = Value(Metric(kind), pred.flatten(), target.flatten());
        AreClose(expected, Value(Metric(kind), pred, target));
        BatchDict masked = Batch(cat([pred, pred * 2]), cat([target, target * 3]), ("m", cat([ones(9), zeros(9)])));
        AreClose(expected, Compute(Metric(kind) with { Mask = "m" }, masked).Value, "a mask of rows");
        Tensor elements = rand_like(pred).gt(0.5);
        AreClose(
            Value(Metric(kind), pred.masked_select(elements), target.masked_select(elements)),
            Compute(Metric(kind) with { Mask = "m" }, Batch(pred, target, ("m", elements))).Value, "a mask of elements");
    }

    [TestMethod]
    public void LargeOffsetsKeepTheirDigits()
    {
        Tensor target = arange(0, 50, dtype: ScalarType.Float64);
        Tensor pred = target + (arange(0, 50, dtype: ScalarType.Float64) * 37).remainder(11);
        foreach (string kind in new[] { "r2", "pearson", "spearman" })
            AreClose(Value(Metric(kind), pred, target), Value(Metric(kind), pred + 1e8, target + 1e8), kind);
    }

    private static RegressionMetric Metric(string kind) => kind switch
    {
        "mae" => new MetricMAE("p", "t"),
        "mse" => new MetricMSE("p", "t"),
        "rmse" => new MetricRMSE("p", "t"),
        "r2" => new MetricR2("p", "t"),
        "pearson" => new MetricPearsonCorrelation("p", "t"),
        _ => new MetricSpearmanCorrelation("p", "t"),
    };

    private sealed class Row
    {
        public float Label { get; init; }

        public float Score { get; init; }
    }
}
