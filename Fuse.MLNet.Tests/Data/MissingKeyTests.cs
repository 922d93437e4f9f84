using Microsoft.ML;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class MissingKeyTests : LeakCheckedTest
{
    [TestMethod]
    public void ARowWithoutLabelIsReportedAndLeftOutOfTheLoss()
    {
        var ml = new MLContext(seed: 1);
        var log = new LogRecorder(ml);
        Sample[] rows = Samples.Blobs(12);
        foreach (int missing in new[] { 1, 5, 9, 10 })
            rows[missing].Key = 3;
        FuseTransformer transformer = Own(ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), "Key",
            options: new() { MaxEpochs = 1, BatchSize = 4, Optimizer = Optimizers.SGD(0) }).Fit(ml.Data.LoadFromEnumerable(rows)));
        Assert.Contains("Warning: Column 'Key' has 4 missing keys", log.Text);

        using var scope = NewDisposeScope();
        Sample[] labelled = [.. rows.Where(row => row.Key < 3)];
        Tensor expected = nn.functional.cross_entropy(Learning.Forward(transformer.Network, labelled), tensor(labelled.Select(row => (long)row.Key).ToArray()));
        Assert.AreEqual(expected.item<float>(), transformer.History["train.losses.total_loss"][0], 1e-6);
        Assert.HasCount(12, Learning.Scores(transformer.Transform(ml.Data.LoadFromEnumerable(rows))));
    }

    [TestMethod]
    public void ABatchWithoutAnyLabelCountsForNothing()
    {
        var ml = new MLContext(seed: 1);
        Sample[] rows = Samples.Blobs(6);
        foreach (Sample row in rows.Skip(1))
            row.Key = 3;
        FuseTransformer transformer = Own(ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), "Key",
            options: new() { MaxEpochs = 1, BatchSize = 1, Optimizer = Optimizers.SGD(0) }).Fit(ml.Data.LoadFromEnumerable(rows)));
        using var scope = NewDisposeScope();
        Tensor expected = nn.functional.cross_entropy(Learning.Forward(transformer.Network, rows.Take(1)), tensor(new[] { 0L }));
        Assert.AreEqual(expected.item<float>(), transformer.History["train.losses.loss"][0], 1e-6);
    }

    [TestMethod]
    public void AMissingNumberIsLeftOutOfTheSquaredErrorAndOfALossOfOnesOwn()
    {
        Sample[] rows = Samples.Blobs(9);
        rows[2].Target = rows[7].Target = float.NaN;
        foreach (LossBase loss in new LossBase[] { Loss.MeanSquaredError(), Loss.Of((p, t) => (p.squeeze(1) - t).square()), Loss.Of((p, t) => nn.functional.mse_loss(p.squeeze(1), t)) })
        {
            var ml = new MLContext(seed: 1);
            FuseTransformer transformer = Own(ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Features"), "Target", loss,
                new() { MaxEpochs = 1, BatchSize = 4, Optimizer = Optimizers.SGD(0) }).Fit(ml.Data.LoadFromEnumerable(rows)));
            using var scope = NewDisposeScope();
            Sample[] known = [.. rows.Where(row => !float.IsNaN(row.Target))];
            Tensor expected = nn.functional.mse_loss(Learning.Forward(transformer.Network, known).squeeze(1), tensor(known.Select(row => row.Target).ToArray()));
            Assert.AreEqual(expected.item<float>(), transformer.History["train.losses.total_loss"][0], 1e-5, loss.GetType().Name);
        }
    }
}
