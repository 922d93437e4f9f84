namespace Fuse.MLNet.Tests;

/// <summary>Tests the areas under curves against ML.NET's evaluator, counts of pairs, and areas by hand.</summary>
[TestClass]
public sealed class RankingMetricTests : MetricTest
{
    private static readonly ValueList<string> Names = ["a", "b", "c"];

    [TestMethod]
    [DataRow(1, 0)]
    [DataRow(2, 0)]
    [DataRow(3, 8)]
    [DataRow(4, 3)]
    public void TheAreaAgreesWithMLNetAndWithPairs(int seed, int levels)
    {
        var rows = new ScoredRows(seed, 80, levels);
        MetricResult result = Compute(new MetricAUCROC("p", "t", Names), rows.Batch());
        double[] pairs = [.. Enumerable.Range(0, 3).Select(index => Pairs(rows, index, [.. rows.Weights.Select(_ => 1.0)]))];
        AreNamed(result, ("a", pairs[0]), ("b", pairs[1]), ("c", pairs[2]), ("macro_avg", pairs.Average()));
        for (int i = 0; i < 3; i++)
            AreClose(rows.EvaluateOne(i).AreaUnderRocCurve, result[Names[i]], "ML.NET");
    }

    [TestMethod]
    public void TheAreaWeighsPairsByBothRows()
    {
        var rows = new ScoredRows(5, 60, 6);
        MetricResult result = Compute(new MetricAUCROC("p", "t", Names) { SampleWeight = "w" }, rows.Batch());
        for (int i = 0; i < 3; i++)
            AreClose(Pairs(rows, i, rows.Weights), result[Names[i]]);
    }

    [TestMethod]
    [DataRow("0.1 0.4 0.35 0.8", "0 0 1 1", 0.75, 5 / 6.0)]
    [DataRow("1 2 3 4", "0 0 1 1", 1.0, 1.0)]
    [DataRow("4 3 2 1", "0 0 1 1", 0.0, (1 / 3.0 + 0.5) / 2)]
    [DataRow("1 1 1 1", "0 1 0 1", 0.5, 0.5)]
    [DataRow("2 1 1 0", "1 0 1 0", 0.875, (1 + (2 / 3.0)) / 2)]
    [DataRow("1 2 3", "0 0 0", double.NaN, double.NaN)]
    [DataRow("1 2 3", "1 1 1", double.NaN, 1.0)]
    [DataRow("1 2 3 9", "0 1 1 -100", 1.0, 1.0)]
    [DataRow("1 NaN 3", "0 1 1", double.NaN, double.NaN)]
    [DataRow("1 2 3", "-100 -100 -100", double.NaN, double.NaN)]
    public void SmallSets(string scores, string target, double area, double precision)
    {
        Tensor pred = Floats(scores);
        AreClose(area, Value(new MetricAUCROC("p", "t"), pred, Longs(target)));
        AreClose(precision, Value(new MetricAUCPR("p", "t"), pred, Longs(target)));
        AreClose(area, Value(new MetricAUCROC("p", "t"), stack([-pred, pred], 1), Longs(target)), "two columns");
    }

    [TestMethod]
    [DataRow(1, 0)]
    [DataRow(2, 4)]
    public void AveragePrecisionIsThePrecisionAtEachPositiveRow(int seed, int levels)
    {
        var rows = new ScoredRows(seed, 70, levels);
        MetricResult result = Compute(new MetricAUCPR("p", "t", Names), rows.Batch());
        for (int index = 0; index < 3; index++)
        {
            int[] positives = [.. Enumerable.Range(0, 70).Where(row => rows.Labels[row] == index)];
            double expected = positives.Average(row =>
            {
                int[] above = [.. Enumerable.Range(0, 70).Where(other => rows.Scores[other][index] >= rows.Scores[row][index])];
                return above.Average(other => rows.Labels[other] == index ? 1.0 : 0);
            });
            AreClose(expected, result[Names[index]]);
        }
    }

    // The curve runs (0, 0), (0, 1/2), (1/2, 1/2), (1/2, 1), (1, 1); standardized: (1 + (area - m^2 / 2) / (m - m^2 / 2)) / 2.
    [TestMethod]
    [DataRow("4 3 2 1", "1 0 1 0", 0.5, (1 + ((0.25 - 0.125) / 0.375)) / 2)]
    [DataRow("4 3 2 1", "1 0 1 0", 0.25, (1 + ((0.125 - 0.03125) / 0.21875)) / 2)]
    [DataRow("4 3 2 1", "1 0 1 0", 0.75, (1 + ((0.5 - 0.28125) / 0.46875)) / 2)]
    [DataRow("4 3 2 1", "1 0 1 0", 1.0, 0.75)]
    [DataRow("4 3 2 1", "1 1 0 0", 0.1, 1.0)]
    [DataRow("4 3 2 1", "0 0 1 1", 0.5, (1 + ((0 - 0.125) / 0.375)) / 2)]
    [DataRow("1 1 1 1", "1 0 1 0", 0.3, 0.5)]
    [DataRow("2 2 1 0", "1 0 1 0", 0.25, 0.5)]
    [DataRow("1 1 1 1", "1 1 1 1", 0.3, double.NaN)]
    public void APartOfTheAreaIsStandardized(string scores, string target, double maxFpr, double expected) =>
        AreClose(expected, Value(new MetricAUCROC("p", "t") { MaxFpr = maxFpr }, Floats(scores), Longs(target)));

    [TestMethod]
    public void AnAbsentClassIsLeftOutOfTheAverage()
    {
        BatchDict batch = Batch(Floats("3 2 1  1 3 2  3 2 1  1 2 3", 4, 3), Longs("0 1 1 0"));
        // Class 0: scores 3 1 of its rows, 1 3 of the others.
        AreNamed(Compute(new MetricAUCROC("p", "t", Names), batch), ("a", 0.5), ("b", 0.75), ("c", double.NaN), ("macro_avg", 0.625));
        CollectionAssert.AreEqual(new[] { "0", "1", "2", "macro_avg" }, Compute(new MetricAUCPR("p", "t"), batch).Values.Select(value => value.Name).ToArray());
        Assert.IsTrue(double.IsNaN(Compute(new MetricAUCPR("p", "t"), batch)["2"]));
    }

    [TestMethod]
    public void OneProbabilityServesBothNames() => AreNamed(
        Compute(new MetricAUCROC("p", "t", ["no", "yes"]), Batch(Floats("0.1 0.4 0.35 0.8", 4, 1), Longs("0 0 1 1"))),
        ("no", 0.75), ("yes", 0.75), ("macro_avg", 0.75));

    [TestMethod]
    public void ALinkIsAppliedFirst()
    {
        Tensor logits = Floats("3 9  0 1  5 5  2 0", 4, 2);
        // By the logit of class 1 the order is 9 5 1 0, by its probability that of 6 1 0 -2.
        Tensor target = Longs("0 1 0 1");
        AreClose(0.0 + 0.25, Value(new MetricAUCROC("p", "t") { PredLink = Activation.Softmax }, logits, target));
        AreClose(0.0, Value(new MetricAUCROC("p", "t"), logits, target));
    }

    // FuseMedML's first example: 60 cases, of which its own test says that the area is 0.845.
    [TestMethod]
    public void AgreesWithFuseMedMLsExample() => AreClose(0.845, Value(new MetricAUCROC("p", "t"), FuseExample.Scores, FuseExample.Targets), tolerance: 1e-9);

    private static double Pairs(ScoredRows rows, int index, double[] weights)
    {
        (double right, double all) = (0, 0);
        for (int i = 0; i < weights.Length; i++)
            for (int j = 0; j < weights.Length; j++)
                if (rows.Labels[i] == index && rows.Labels[j] != index)
                {
                    double weight = weights[i] * weights[j];
                    (float high, float low) = (rows.Scores[i][index], rows.Scores[j][index]);
                    right += weight * (high > low ? 1 : high == low ? 0.5 : 0);
                    all += weight;
                }

        return right / all;
    }
}
