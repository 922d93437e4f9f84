using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class MultiOutputRegressionEvaluatorTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void SmallNumbersAreComputedByHand()
    {
        MultiOutputRegressionMetrics metrics = Evaluate(
            new() { Label = [1, 5], Score = [2, 5] },
            new() { Label = [3, 5], Score = [3, 7] },
            new() { Label = [float.NaN, 5], Score = [100, 4] });
        Assert.AreEqual(3, metrics.RowCount);
        Assert.AreEqual(2, metrics.PerOutput[0].Count);
        Assert.AreEqual(0.5, metrics.PerOutput[0].MeanAbsoluteError, 1e-12);
        Assert.AreEqual(0.5, metrics.PerOutput[0].MeanSquaredError, 1e-12);
        Assert.AreEqual(0.5, metrics.PerOutput[0].RSquared, 1e-12);
        Assert.AreEqual(1, metrics.PerOutput[1].MeanAbsoluteError, 1e-12);
        Assert.AreEqual(Math.Sqrt(5 / 3.0), metrics.PerOutput[1].RootMeanSquaredError, 1e-12);
        // Labels that are all equal explain nothing.
        Assert.IsTrue(double.IsNaN(metrics.PerOutput[1].RSquared));
        Assert.AreEqual(0.5, metrics.RSquared, 1e-12);
        Assert.AreEqual(0.75, metrics.MeanAbsoluteError, 1e-12);
        CollectionAssert.AreEqual(new[] { "0", "1" }, metrics.PerOutput.Select(output => output.Name).ToArray());
    }

    [TestMethod]
    public void EachOutputIsMeasuredAsMLNetMeasuresOne()
    {
        var random = new Random(5);
        // Far from zero, where sums of squares would cancel.
        Row[] rows = [.. Enumerable.Range(0, 100).Select(_ => new Row { Label = [10_000 + random.NextSingle(), random.NextSingle()], Score = [10_000 + random.NextSingle(), random.NextSingle()] })];
        var probe = new ProbeView(_ml.Data.LoadFromEnumerable(rows));
        MultiOutputRegressionMetrics metrics = _ml.Fuse().EvaluateMultiOutputRegression(probe);
        Assert.HasCount(1, probe.Passes);
        probe.AssertNothingIsLeft();
        for (int output = 0; output < 2; output++)
        {
            RegressionMetrics theirs = _ml.Regression.Evaluate(_ml.Data.LoadFromEnumerable(rows.Select(row => new One { Label = row.Label[output], Score = row.Score[output] })));
            OutputRegressionMetrics ours = metrics.PerOutput[output];
            Assert.AreEqual(theirs.MeanAbsoluteError, ours.MeanAbsoluteError, 1e-5);
            Assert.AreEqual(theirs.MeanSquaredError, ours.MeanSquaredError, 1e-5);
            Assert.AreEqual(theirs.RootMeanSquaredError, ours.RootMeanSquaredError, 1e-5);
            double mean = rows.Average(row => (double)row.Label[output]);
            double expected = 1 - (rows.Sum(row => Math.Pow((double)row.Label[output] - row.Score[output], 2)) / rows.Sum(row => Math.Pow(row.Label[output] - mean, 2)));
            Assert.AreEqual(expected, ours.RSquared, 1e-9);
        }

        Assert.AreEqual(metrics.PerOutput.Average(output => output.RootMeanSquaredError), metrics.RootMeanSquaredError, 1e-12);
    }

    [TestMethod]
    [DataRow("Labels", "Score", "has no column 'Labels' (needed for the label). Did you mean 'Label'?")]
    [DataRow("Label", "Number", "'Number' (the score)")]
    [DataRow("Number", "Score", "mlContext.Regression.Evaluate")]
    [DataRow("Label", "Long", "'Long' has 3 values a row, and the label 'Label' has 2")]
    public void ColumnsThatDoNotFitAreRefused(string label, string score, string expected) =>
        Assert.Contains(expected, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            _ml.Fuse().EvaluateMultiOutputRegression(_ml.Data.LoadFromEnumerable(new[] { new Row() }), label, score)).Message);

    private MultiOutputRegressionMetrics Evaluate(params Row[] rows) => _ml.Fuse().EvaluateMultiOutputRegression(_ml.Data.LoadFromEnumerable(rows));

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Label { get; set; } = [0, 0];

        [VectorType(2)]
        public float[] Score { get; set; } = [0, 0];

        [VectorType(3)]
        public float[] Long { get; set; } = [0, 0, 0];

        public float Number { get; set; }
    }

    private sealed class One
    {
        public float Label { get; set; }

        public float Score { get; set; }
    }
}
