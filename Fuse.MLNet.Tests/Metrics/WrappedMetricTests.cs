namespace Fuse.MLNet.Tests;

/// <summary>Tests metrics around metrics: filters, groups and confidence intervals.</summary>
[TestClass]
public sealed class WrappedMetricTests : MetricTest
{
    private static readonly MetricMAE Absolute = new("p", "t");
    private static readonly MetricAUCROC Area = new("p", "t");

    [TestMethod]
    public void AFilterKeepsTheMarkedRows()
    {
        BatchDict batch = Batch(Floats("1 2 3 4"), Floats("2 4 6 8"), ("m", Longs("1 0 0 1")), ("age", Floats("20 30 70 80")));
        AreClose(2.5, Compute(new MetricFilterRows(Absolute, "m"), batch).Value);
        batch["m"] = batch["m"].to(ScalarType.Bool).unsqueeze(1);
        AreClose(2.5, Compute(new MetricFilterRows(Absolute, "m"), batch).Value);
        AreClose(3.5, Compute(new MetricFilterRows(Absolute, one => one["age"].gt(60)), batch).Value);
        Assert.IsTrue(double.IsNaN(Compute(new MetricFilterRows(Absolute, one => one["age"].gt(90)), batch).Value));
    }

    [TestMethod]
    public void GroupsAndHowFarTheyDiffer()
    {
        // Errors: group 0: 1 3, group 2: 5, group 7: 8 without a target: not defined.
        BatchDict batch = Batch(Floats("1 5 3 8 9"), Floats("0 0 0 NaN 0"), ("g", Longs("0 2 0 7 -100")));
        AreNamed(Compute(new MetricGroupAnalysis(Absolute, "g"), batch), ("0", 2), ("2", 5), ("7", double.NaN), ("mean", 3.5), ("std", 1.5), ("median", 3.5));
        batch["g"] = Longs("1 0 1 1 -100");
        AreNamed(Compute(new MetricGroupAnalysis(Absolute, "g") { GroupNames = ["female", "male"] }, batch), ("female", 5), ("male", 2), ("mean", 3.5), ("std", 1.5), ("median", 3.5));
        AreNamed(new MetricGroupAnalysis(Absolute, "g").Compute([]), ("mean", double.NaN), ("std", double.NaN), ("median", double.NaN));
    }

    [TestMethod]
    public void GroupsOfNamedValues()
    {
        BatchDict batch = Batch(Longs("1 1 0 1 0 0"), Longs("1 1 0 1 1 0"), ("g", Longs("0 0 0 1 1 1")));
        AreNamed(
            Compute(new MetricGroupAnalysis(new MetricConfusion("p", "t", metrics: ["sensitivity", "specificity"]), "g"), batch),
            ("0.sensitivity", 1), ("0.specificity", 1), ("1.sensitivity", 0.5), ("1.specificity", 1),
            ("sensitivity.mean", 0.75), ("sensitivity.std", 0.25), ("sensitivity.median", 0.75),
            ("specificity.mean", 1), ("specificity.std", 0), ("specificity.median", 1));
    }

    // FuseMedML's example 4: 10,000 bootstraps by class: mean .8456, std .0622, lower .7125, upper .95375. The draws differ; four standard errors of them are .0025.
    [TestMethod]
    public void TheIntervalAgreesWithFuseMedMLsExample()
    {
        MetricResult result = Compute(new MetricConfidenceInterval(Area, stratum: "t") { Bootstraps = 10_000 }, Batch(FuseExample.Scores, FuseExample.Targets));
        CollectionAssert.AreEqual(new[] { "value", "mean", "std", "lower", "upper" }, result.Values.Select(value => value.Name).ToArray());
        AreClose(0.845, result["value"], tolerance: 1e-9);
        AreClose(0.845607, result["mean"], "mean", 0.0025);
        AreClose(0.062166, result["std"], "std", 0.0025);
        AreClose(0.7125, result["lower"], "lower", 0.008);
        AreClose(0.95375, result["upper"], "upper", 0.008);
    }

    [TestMethod]
    public void TheBootstrapOfAMeanHasItsStandardError()
    {
        random.manual_seed(5);
        Tensor error = rand(200);
        MetricResult result = Compute(new MetricConfidenceInterval(Absolute) { Bootstraps = 4000, Confidence = 0.9 }, Batch(error, zeros(200)));
        double mean = error.mean().ToDouble();
        double standardError = Math.Sqrt(error.var(unbiased: false).ToDouble() / 200);
        AreClose(mean, result["value"]);
        AreClose(mean, result["mean"], "mean", 0.1 * standardError);
        AreClose(standardError, result["std"], "std", 0.06 * standardError);
        AreClose(mean - (1.645 * standardError), result["lower"], "lower", 0.15 * standardError);
        AreClose(mean + (1.645 * standardError), result["upper"], "upper", 0.15 * standardError);
    }

    [TestMethod]
    public void TheDrawsDependOnTheSeedOnly()
    {
        BatchDict batch = Batch(FuseExample.Scores, FuseExample.Targets);
        var metric = new MetricConfidenceInterval(Area) { Bootstraps = 50 };
        Assert.AreEqual(Compute(metric, batch), metric.Compute([batch]), "the batches matter");
        Assert.AreNotEqual(Compute(metric, batch), Compute(metric with { Seed = 2 }, batch));
        // A bootstrap more changes none of those before: the lowest of 51 is not above that of 50.
        Assert.IsLessThanOrEqualTo(Compute(metric with { Confidence = 0.999 }, batch)["lower"], Compute(metric with { Confidence = 0.999, Bootstraps = 51 }, batch)["lower"]);
    }

    [TestMethod]
    public void StrataKeepTheirSizes()
    {
        // The share of class 1 does not vary where as many rows of each class are drawn as there are.
        BatchDict batch = Batch(Longs("1 1 1 1 1 1 1 1"), Longs("1 0 0 1 0 0 0 1"));
        MetricResult stratified = Compute(new MetricConfidenceInterval(new MetricAccuracy("p", "t"), stratum: "t") { Bootstraps = 100 }, batch);
        AreNamed(stratified, ("value", 0.375), ("mean", 0.375), ("std", 0), ("lower", 0.375), ("upper", 0.375));
        Assert.IsGreaterThan(0.05, Compute(new MetricConfidenceInterval(new MetricAccuracy("p", "t")) { Bootstraps = 100 }, batch)["std"]);
    }

    [TestMethod]
    public void NamedValuesHaveAnIntervalEach()
    {
        BatchDict batch = new ScoredRows(1, 40).Batch();
        var inside = new MetricAUCROC("p", "t", ["a", "b", "c"]);
        MetricResult plain = Compute(inside, batch);
        MetricResult result = Compute(new MetricConfidenceInterval(inside) { Bootstraps = 200 }, batch);
        Assert.HasCount(4 * 5, result.Values);
        foreach (NamedValue value in plain.Values)
        {
            Assert.AreEqual(value.Value, result[$"{value.Name}.value"]);
            Assert.IsLessThan(value.Value, result[$"{value.Name}.lower"]);
            Assert.IsGreaterThan(value.Value, result[$"{value.Name}.upper"]);
        }
    }

    [TestMethod]
    public void DrawsThatAreNotDefinedAreLeftOut()
    {
        // One row of class 1 in four: a third of the draws lack it. With it, the area is 1.
        BatchDict batch = Batch(Floats("1 2 3 4"), Longs("0 0 0 1"));
        AreNamed(Compute(new MetricConfidenceInterval(Area) { Bootstraps = 100 }, batch), ("value", 1), ("mean", 1), ("std", 0), ("lower", 1), ("upper", 1));
        batch["t"] = Longs("0 0 0 0");
        foreach (MetricResult result in new[] { Compute(new MetricConfidenceInterval(Area, "t") { Bootstraps = 10 }, batch), new MetricConfidenceInterval(Area, "t").Compute([]) })
            AreNamed(result, ("value", double.NaN), ("mean", double.NaN), ("std", double.NaN), ("lower", double.NaN), ("upper", double.NaN));
    }

    [TestMethod]
    public void WrappersWrapEachOther()
    {
        BatchDict batch = Batch(Floats("1 2 3 4 5 6"), Floats("0 0 0 0 0 0"), ("m", Longs("1 1 1 1 0 0")), ("g", Longs("0 0 1 1 1 1")));
        MetricResult result = Compute(new MetricGroupAnalysis(new MetricConfidenceInterval(Absolute, "t") { Bootstraps = 20 }, "g"), batch);
        AreClose(1.5, result["0.value"]);
        AreClose(4.5, result["1.value"]);
        AreClose(3, result["value.mean"]);
        AreClose(2.5, Compute(new MetricFilterRows(new MetricConfidenceInterval(Absolute) { Bootstraps = 20 }, "m"), batch)["value"]);
    }
}
