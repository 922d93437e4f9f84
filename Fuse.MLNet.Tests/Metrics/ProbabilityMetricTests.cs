namespace Fuse.MLNet.Tests;

/// <summary>Tests calibration error and Brier skill score against closed forms and a second computation.</summary>
[TestClass]
public sealed class ProbabilityMetricTests : MetricTest
{
    private static readonly MetricECE Calibration = new("p", "t");
    private static readonly MetricBSS Skill = new("p", "t");

    [TestMethod]
    // Four rows in two bins: (0.5, 0.6] with mean 0.55 and half right, (0.8, 0.9] with mean 0.85 and all right.
    [DataRow("0.56 0.54 0.86 0.84", "1 0 1 1", 10, ((2 * 0.05) + (2 * 0.15)) / 4)]
    [DataRow("0.56 0.54 0.86 0.84", "1 0 1 1", 1, 0.75 - 0.7)]
    [DataRow("1 1 0 0", "1 1 0 0", 10, 0.0)]
    [DataRow("1 1 0 0", "0 0 1 1", 10, 1.0)]
    [DataRow("0.75 0.75 0.75 0.75 9", "1 1 1 0 -100", 10, double.NegativeInfinity)]
    [DataRow("0.75 0.75 0.75 0.75", "1 1 1 0", 10, 0.0)]
    [DataRow("0.75 0.75 0.75 0.75", "-100 1 1 0", 10, 0.75 - (2 / 3.0))]
    [DataRow("0.75 NaN", "1 1", 10, double.NaN)]
    [DataRow("0.75 0.75", "-100 -100", 10, double.NaN)]
    public void CalibrationOfSmallSets(string pred, string target, int bins, double expected)
    {
        MetricECE metric = Calibration with { Bins = bins };
        if (double.IsNegativeInfinity(expected))
        {
            Assert.Contains("does not hold probabilities", Assert.ThrowsExactly<InvalidOperationException>(() => Value(metric, Floats(pred), Longs(target))).Message);
            return;
        }
        AreClose(expected, Value(metric, Floats(pred), Longs(target)));
        AreClose(expected, Value(metric, stack([1 - Floats(pred), Floats(pred)], 1), Longs(target)), "two columns");
    }

    [TestMethod]
    [DataRow(1, 5)]
    [DataRow(2, 15)]
    public void CalibrationIsTheGapOfEachBin(int seed, int bins)
    {
        var rows = new ScoredRows(seed, 120);
        (float Confidence, bool IsRight)[] all = [.. rows.Scores.Select((score, i) => (score.Max(), score[rows.Labels[i]] == score.Max()))];
        double expected = 0;
        for (int bin = 0; bin < bins; bin++)
        {
            (float Confidence, bool IsRight)[] inBin = [.. all.Where(row => row.Confidence > (double)bin / bins && row.Confidence <= (bin + 1.0) / bins)];
            if (inBin.Length > 0)
                expected += inBin.Length / 120.0 * Math.Abs(inBin.Average(row => row.IsRight ? 1.0 : 0) - inBin.Average(row => (double)row.Confidence));
        }
        AreClose(expected, Compute(Calibration with { Bins = bins }, rows.Batch()).Value);
    }

    [TestMethod]
    // Reference: shares 1/2 and 1/2, a Brier score of 1/2.
    [DataRow("0.8 0.6 0.3 0.1", "1 1 0 0", 1 - (2 * (0.04 + 0.16 + 0.09 + 0.01) / 4 / 0.5))]
    [DataRow("0.5 0.5 0.5 0.5", "1 1 0 0", 0.0)]
    [DataRow("1 1 0 0", "1 1 0 0", 1.0)]
    [DataRow("0.5 0.5 0.5", "1 1 -100", double.NaN)]
    [DataRow("0.5 NaN 0.5", "1 1 0", double.NaN)]
    public void SkillOfSmallSets(string pred, string target, double expected) => AreClose(expected, Value(Skill, Floats(pred), Longs(target)));

    [TestMethod]
    public void SkillComparesWithTheSharesOfTheClasses()
    {
        var rows = new ScoredRows(4, 75);
        double Brier(Func<int, int, double> probability) =>
            Enumerable.Range(0, 75).Average(row => Enumerable.Range(0, 3).Sum(index => Math.Pow(probability(row, index) - (rows.Labels[row] == index ? 1 : 0), 2)));
        double[] shares = [.. Enumerable.Range(0, 3).Select(index => rows.Labels.Count(label => label == index) / 75.0)];
        double expected = 1 - (Brier((row, index) => rows.Scores[row][index]) / Brier((_, index) => shares[index]));
        AreClose(expected, Compute(Skill, rows.Batch()).Value);
    }

    [TestMethod]
    public void ALinkMakesProbabilitiesOfLogits()
    {
        Tensor logits = Floats("2 0  -1 1  0 3", 3, 2);
        Tensor target = Longs("0 1 0");
        foreach (ProbabilityMetric metric in new ProbabilityMetric[] { Calibration, Skill })
            AreClose(Value(metric, nn.functional.softmax(logits, 1), target), Value(metric with { PredLink = Activation.Softmax }, logits, target));
        Assert.Contains("PredLink", Assert.ThrowsExactly<InvalidOperationException>(() => Value(Skill, logits, target)).Message);
        Assert.Contains("Sigmoid", Assert.ThrowsExactly<InvalidOperationException>(() => Value(Calibration, logits.select(1, 1), target)).Message);
    }
}
