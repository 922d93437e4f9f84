namespace Fuse.MLNet.Tests;

/// <summary>Tests classes given at an operation point, and metrics of functions.</summary>
[TestClass]
public sealed class OperationPointTests : MetricTest
{
    private const string Scores = "0.5 0.3 0.2  0.1 0.2 0.7  0.3 0.4 0.3  0.4 0.25 0.35";

    public static IEnumerable<object[]> Points =>
    [
        [new MetricApplyThresholds("p"), "0 2 1 0"],
        [new MetricApplyThresholds("p", [new(2, 0.6), new(1, 0.35)]), "-1 2 1 -1"],
        // The first class that fits is taken, whatever the scores of those after it.
        [new MetricApplyThresholds("p", [new(1, 0.15), new(2, 0.6)]), "1 1 1 1"],
        [new MetricApplyThresholds("p", [new(2, 0.6), new(1, 0.15)]), "1 2 1 1"],
        [new MetricApplyThresholds("p", [new(2, 0.3)]) { HighestOtherwise = true }, "0 2 1 2"],
    ];

    [TestMethod]
    [DynamicData(nameof(Points))]
    public void GivesEachRowAClass(MetricApplyThresholds metric, string expected)
    {
        BatchDict batch = Batch(Floats(Scores, 4, 3), Longs("0 2 1 1"));
        var collector = new MetricCollector("op", metric);
        collector.Add(batch);
        Assert.AreEqual(ScalarType.Int64, batch["metrics.op.cls_pred"].dtype);
        CollectionAssert.AreEqual(Longs(expected).data<long>().ToArray(), batch["metrics.op.cls_pred"].data<long>().ToArray());
        Assert.IsEmpty(collector.Compute());
    }

    [TestMethod]
    [DataRow(null, "0 0 1")]
    [DataRow(0.5, "0 0 1")]
    [DataRow(0.15, "0 1 1")]
    public void OneProbabilityIsThatOfClassOne(double? threshold, string expected)
    {
        foreach (Tensor pred in new[] { Floats("0.1 0.2 0.9"), Floats("0.1 0.2 0.9", 3, 1), Floats("0.9 0.1 0.8 0.2 0.1 0.9", 3, 2) })
        {
            BatchDict batch = Batch(pred, Longs("0 0 0"));
            new MetricCollector("op", new MetricApplyThresholds("p", threshold)).Add(batch);
            CollectionAssert.AreEqual(Longs(expected).data<long>().ToArray(), batch["metrics.op.cls_pred"].data<long>().ToArray());
        }
    }

    [TestMethod]
    public void LaterMetricsReadTheClasses()
    {
        // As in a run: metrics in order, batch by batch.
        (string Name, MetricBase Metric)[] metrics =
        [
            ("op", new MetricApplyThresholds("p", [new(2, 0.6), new(1, 0.35)])),
            ("accuracy", new MetricAccuracy("metrics.op.cls_pred", "t")),
            ("sensitivity", new MetricConfusion("metrics.op.cls_pred", "t", ["a", "b", "c"])),
        ];
        MetricCollector[] collectors = [.. metrics.Select(metric => new MetricCollector(metric.Name, metric.Metric))];
        BatchDict all = Batch(Floats(Scores, 4, 3), Longs("0 2 1 1"));
        foreach (BatchDict batch in new[] { all.SelectRows(Longs("0")), all.SelectRows(Longs("1 2 3")) })
            foreach (MetricCollector collector in collectors)
                collector.Add(batch);
        CollectionAssert.AreEqual(
            new[] { ("accuracy", "", 0.5), ("sensitivity", "sensitivity.a", 0), ("sensitivity", "sensitivity.b", 0.5), ("sensitivity", "sensitivity.c", 1), ("sensitivity", "sensitivity.macro_avg", 0.5) },
            collectors.SelectMany(collector => collector.Compute().Select(value => (collector.Name, value.Suffix, value.Value))).ToArray());
    }

    [TestMethod]
    public void AFunctionGetsAllRows()
    {
        random.manual_seed(2);
        (Tensor pred, Tensor target) = (rand(7, 2, 3), rand(7, 1));
        var metric = new MetricDefault(
            (p, t) =>
            {
                CollectionAssert.AreEqual(new long[] { 7, 6 }, p.shape);
                CollectionAssert.AreEqual(new long[] { 7 }, t.shape);
                Assert.AreEqual((ScalarType.Float64, ScalarType.Float64), (p.dtype, t.dtype));
                return (p.mean([1]) - t).abs().max().item<double>();
            },
            "p", "t");
        AreClose((pred.mean([1, 2]) - target.squeeze(1)).abs().max().ToDouble(), Compute(metric, Batch(pred, target)).Value);
        Assert.IsTrue(double.IsNaN(metric.Compute([]).Value));
    }

    [TestMethod]
    public void AFunctionMayNameItsValues() => AreNamed(
        Compute(new MetricDefault((p, t) => MetricResult.Named([("high", p.max().item<double>()), ("low", t.min().item<double>())]), "p", "t"), Batch(Floats("1 5 2"), Floats("4 3 9"))),
        ("high", 5), ("low", 3));
}
