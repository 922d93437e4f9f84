namespace Fuse.MLNet.Tests;

/// <summary>Tests the table behind each metric of a run.</summary>
[TestClass]
public sealed class MetricCollectorTests : MetricTest
{
    [TestMethod]
    public void HoldsTheRowsOfAllBatchesInOrder()
    {
        var collector = new MetricCollector("rows", new AsCollected());
        var expected = new List<double>();
        var random = new Random(3);
        for (int batch = 0; batch < 40; batch++)
        {
            // Some batches are without rows.
            float[] values = [.. Enumerable.Range(0, batch % 7 * 3).Select(_ => random.NextSingle())];
            expected.AddRange(values.Select(value => (double)value));
            Tensor rows = tensor(values, [batch % 7, 3]);
            collector.Add(Batch(rows, rows));
        }
        Assert.AreEqual(expected.Count / 3, collector.Count);
        CollectionAssert.AreEqual(expected, collector.Save().data<double>().ToArray());
        CollectionAssert.AreEqual(expected, collector.Compute().Select(value => value.Value).ToArray());
        CollectionAssert.AreEqual(expected.Select((_, i) => $"v{i}").ToArray(), collector.Compute().Select(value => value.Suffix).ToArray());
    }

    [TestMethod]
    public void AValueWithoutANameHasAnEmptySuffix()
    {
        var collector = new MetricCollector("mae", new MetricMAE("p", "t"));
        collector.Add(Batch(Floats("1 2"), Floats("2 4")));
        CollectionAssert.AreEqual(new[] { ("", 1.5) }, collector.Compute().ToArray());
    }

    [TestMethod]
    public void GoesOnFromWhatWasSaved()
    {
        var rows = new ScoredRows(1, 30);
        BatchDict batch = rows.Batch();
        var metric = new MetricAUCROC("p", "t", ["a", "b", "c"]);
        var first = new MetricCollector("auc", metric);
        first.Add(batch.SelectRows(arange(12, dtype: ScalarType.Int64)));
        Tensor saved = first.Save();
        Assert.AreEqual(ScalarType.Float64, saved.dtype);
        CollectionAssert.AreEqual(new long[] { 12, 5 }, saved.shape);
        var second = new MetricCollector("auc", metric);
        second.Add(batch);
        long live = LiveTensors();
        second.Restore(saved);
        Assert.AreEqual(live, LiveTensors(), "Restoring left tensors behind.");
        second.Add(batch.SelectRows(arange(12, 30, dtype: ScalarType.Int64)));
        CollectionAssert.AreEqual(metric.Compute([batch]).Values.ToArray(), second.Evaluate().Values.ToArray());
    }

    [TestMethod]
    public void NothingIsSavedAndRestoredToo()
    {
        var collector = new MetricCollector("mae", new MetricMAE("p", "t"));
        CollectionAssert.AreEqual(new long[] { 0, 0 }, collector.Save().shape);
        collector.Add(Batch(Floats("1"), Floats("2")));
        collector.Restore(zeros(0, 0, ScalarType.Float64));
        Assert.AreEqual(0, collector.Count);
        var thresholds = new MetricCollector("op", new MetricApplyThresholds("p"));
        thresholds.Add(Batch(Floats("0.1 0.9"), Floats("1 0")));
        thresholds.Restore(thresholds.Save());
        Assert.IsEmpty(thresholds.Compute());
    }

    [TestMethod]
    public void ForgetsThePassBefore()
    {
        var collector = new MetricCollector("rows", new AsCollected());
        collector.Add(Batch(Floats("1 2 3 4", 2, 2), Floats("0 0")));
        collector.Reset();
        Assert.IsEmpty(collector.Compute());
        collector.Add(Batch(Floats("5"), Floats("0")));
        CollectionAssert.AreEqual(new[] { ("v0", 5.0) }, collector.Compute().ToArray());
    }

    [TestMethod]
    [DataRow(ScalarType.Bool)]
    [DataRow(ScalarType.Byte)]
    [DataRow(ScalarType.Int64)]
    [DataRow(ScalarType.Float16)]
    [DataRow(ScalarType.BFloat16)]
    [DataRow(ScalarType.Float64)]
    public void TakesEveryRealType(ScalarType type)
    {
        var collector = new MetricCollector("rows", new AsCollected());
        // Not contiguous, and with gradients where it can have them.
        Tensor rows = Longs("0 1 1 0 0 1", 2, 3).to(type).t();
        collector.Add(Batch(type is ScalarType.Float64 ? rows.requires_grad_() : rows, rows));
        CollectionAssert.AreEqual(new double[] { 0, 0, 1, 0, 1, 1 }, collector.Compute().Select(value => value.Value).ToArray());
    }

    [TestMethod]
    public void WhatAMetricWritesOutlivesIt()
    {
        BatchDict batch = Batch(Floats("0.2 0.8"), Longs("0 1"));
        var collector = new MetricCollector("op", new MetricApplyThresholds("p"));
        long before;
        using (NewDisposeScope())
        {
            before = LiveTensors();
            collector.Add(batch);
            Assert.AreEqual(before + 1, LiveTensors(), "more than the written tensor is left");
            CollectionAssert.AreEqual(new long[] { 0, 1 }, batch["metrics.op.cls_pred"].data<long>().ToArray());
        }

        Assert.IsTrue(batch["metrics.op.cls_pred"].IsInvalid, "the written tensor does not end with the caller's scope");
    }

    [TestMethod]
    public void WritingIsNoReading()
    {
        BatchDict batch = Batch(Floats("0.2 0.8"), Longs("0 1"), ("other", Floats("1 1")));
        batch.ReadKeys = new HashSet<string>();
        new MetricCollector("op", new MetricApplyThresholds("p")).Add(batch);
        CollectionAssert.AreEqual(new[] { "p" }, batch.ReadKeys.ToArray());
    }

    [TestMethod]
    public void RowsAndColumnsAreSelectedWithoutCopying()
    {
        var rows = new MetricRows([1, 2, 3, 4, 5, 6, 7, 8, 9], 3, 3);
        MetricRows selected = rows.Select([2, 0, 2]).Columns(1, 2);
        CollectionAssert.AreEqual(new double[] { 8, 2, 8 }, selected.Column(0));
        CollectionAssert.AreEqual(new double[] { 2, 3 }, selected.Select([1])[0].ToArray());
        Assert.AreEqual((3, 2), (selected.Count, selected.Width));
        foreach (Action wrong in new Action[] { () => _ = selected[3], () => _ = selected[-1], () => rows.Select([3]), () => rows.Select([-1]), () => rows.Columns(2, 2), () => rows.Column(3) })
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(wrong);
    }

    [TestMethod]
    public void ResultsAreReadByName()
    {
        MetricResult named = MetricResult.Named([("macro_avg", 0.5), ("a", double.NaN)]);
        Assert.AreEqual(0.5, named["macro_avg"]);
        Assert.Contains("'macro_avg'", Assert.ThrowsExactly<KeyNotFoundException>(() => named["macro_av"]).Message);
        Assert.ThrowsExactly<InvalidOperationException>(() => named.Value);
        Assert.AreEqual(MetricResult.Named([("macro_avg", 0.5), ("a", double.NaN)]), named);
        MetricResult single = 0.25;
        Assert.AreEqual(0.25, single.Value);
        Assert.ThrowsExactly<ArgumentException>(() => MetricResult.Named([("a", 1), ("a", 2)]));
        Assert.ThrowsExactly<ArgumentException>(() => MetricResult.Named([("", 1)]));
    }

    /// <summary>Gives back all that it collected.</summary>
    private sealed record AsCollected : MetricBase
    {
        protected internal override Tensor Collect(BatchDict batch) => batch["p"];

        protected internal override MetricResult Evaluate(MetricRows rows) =>
            MetricResult.Named(Enumerable.Range(0, rows.Count).SelectMany(row => rows[row].ToArray()).Select((value, i) => ($"v{i}", value)));
    }
}
