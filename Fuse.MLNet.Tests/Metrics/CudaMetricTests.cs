namespace Fuse.MLNet.Tests;

/// <summary>Computes metrics of batches on a GPU, and compares with the CPU.</summary>
[TestClass]
public sealed class CudaMetricTests : CudaTest
{
    private static readonly MetricMAE Absolute = new("x", "y");

    private static readonly Dictionary<string, MetricBase> Table = new(StringComparer.Ordinal)
    {
        ["accuracy"] = new MetricAccuracy("p", "t", "w"),
        ["top 2"] = new MetricAccuracy("p", "t") { TopK = 2 },
        ["threshold"] = new MetricAccuracy("b", "f") { Threshold = 0.5 },
        ["auc-roc"] = new MetricAUCROC("p", "t", ["a", "b", "c"]),
        ["auc-pr"] = new MetricAUCPR("p", "t"),
        ["softmax"] = new MetricAUCROC("p", "t") { PredLink = Activation.Softmax },
        ["bss"] = new MetricBSS("p", "t"),
        ["ece"] = new MetricECE("p", "t"),
        ["balanced"] = new MetricBalAccuracy("c", "t"),
        ["mcc"] = new MetricMCC("c", "t"),
        ["confusion"] = new MetricConfusion("c", "t", ["a", "b", "c"]),
        ["matrix"] = new MetricConfusionMatrix("c", "t", ["a", "b", "c"]),
        ["thresholds"] = new MetricApplyThresholds("p", [new(0, 0.5), new(1, 0.4)]),
        ["mae"] = Absolute with { Mask = "m" },
        ["mse"] = new MetricMSE("x", "y"),
        ["rmse"] = new MetricRMSE("x", "y"),
        ["r2"] = new MetricR2("x", "y"),
        ["pearson"] = new MetricPearsonCorrelation("x", "y"),
        ["spearman"] = new MetricSpearmanCorrelation("x", "y"),
        ["filter"] = new MetricFilterRows(Absolute, "m"),
        ["filter by function"] = new MetricFilterRows(Absolute, batch => batch["x"].gt(0.5)),
        ["groups"] = new MetricGroupAnalysis(Absolute, "t"),
        ["interval"] = new MetricConfidenceInterval(Absolute, "t"),
        ["function"] = new MetricDefault((p, t) => p.sub(t).abs().max().item<double>(), "x", "y"),
        ["dice"] = new MetricDice("maps", "map"),
        ["iou"] = new MetricIouJaccard("maps", "map"),
        ["overlap"] = new MetricOverlap("maps", "map"),
        ["pixels"] = new MetricPixelAccuracy("maps", "map"),
    };

    public static IEnumerable<object[]> Names => Table.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void ValuesAreTheCpus(string name)
    {
        using var scope = NewDisposeScope();
        BatchDict host = new ScoredRows(1, 40).Batch();
        using (var generator = new Generator(1))
        {
            host["x"] = rand([40], generator: generator);
            host["y"] = host["x"].add(rand([40], generator: generator));
            host["b"] = rand([40], generator: generator);
            host["f"] = rand([40], generator: generator).gt(0.5).to(ScalarType.Int64);
            host["m"] = rand([40], generator: generator).gt(0.3);
            host["maps"] = rand([40, 3, 4, 5], generator: generator);
            host["map"] = rand([40, 4, 5], generator: generator).mul(3).to(ScalarType.Int64);
        }
        MetricBase metric = Table[name];
        MetricResult expected = metric.Compute([host]), actual = metric.Compute([CudaBatch.Of(host)]);
        CollectionAssert.AreEqual(expected.Values.Select(value => value.Name).ToArray(), actual.Values.Select(value => value.Name).ToArray());
        foreach ((NamedValue one, NamedValue other) in expected.Values.Zip(actual.Values))
            Assert.AreEqual(one.Value, other.Value, 1e-6, one.Name);
    }
}
