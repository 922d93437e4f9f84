using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Checks the logged values of runs whose weights stand still, so that they have a closed form.</summary>
[TestClass]
public sealed class HistoryTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void MeansAreWeightedByRows()
    {
        // 10 rows in batches of 4, 4 and 2: the mean of the batches' means would be another number in almost every order.
        Line[] rows = [.. Enumerable.Range(0, 10).Select(i => new Line { X = [1], Y = i, IsValidation = i < 3 })];
        FuseTransformer transformer = Own(_ml.Fuse().Train(Network.Of<LineNetwork>(2f), new TensorColumn("X"), "Y", options:
            new() { MaxEpochs = 2, BatchSize = 4, Optimizer = Optimizers.SGD(0), ValidationColumnName = "IsValidation" }).Fit(_ml.Data.LoadFromEnumerable(rows)));
        for (int epoch = 0; epoch < 2; epoch++)
        {
            Assert.AreEqual(rows.Skip(3).Average(row => Math.Pow(2 - row.Y, 2)), transformer.History["train.losses.total_loss"][epoch], 1e-5);
            Assert.AreEqual((4 + 1 + 0) / 3.0, transformer.History["validation.losses.total_loss"][epoch], 1e-6);
        }

        Assert.AreEqual(StopReason.Completed, transformer.StopReason);
        CollectionAssert.AreEqual(new[] { "train.losses.loss", "train.losses.total_loss", "validation.losses.loss", "validation.losses.total_loss" },
            transformer.History.Epochs[0].Values.Select(value => value.Name).ToArray());
    }

    [TestMethod]
    public void SeveralLossesAreNamedAndTheirWeightedSumIsTheTotal()
    {
        Line[] rows = [.. Enumerable.Range(0, 10).Select(i => new Line { X = [1], Y = i })];
        FuseTransformer transformer = Own(_ml.Fuse().Train(new FuseTrainer.Options
        {
            MaxEpochs = 1,
            BatchSize = 4,
            Optimizer = Optimizers.SGD(0),
            Columns = { ["data.x"] = new("X"), ["data.y"] = new("Y") },
            Model = new ModelWrapSeqToDict { Model = Network.Of<LineNetwork>(2f), Inputs = ["data.x"], Outputs = ["model.output.y"] },
            Losses =
            {
                ["squared"] = new LossMeanSquaredError { Pred = "model.output.y", Target = "data.y" },
                ["absolute"] = new LossDefault((p, t) => (p.squeeze(1) - t).abs().mean(), "model.output.y", "data.y", weight: 0.5),
                ["signed"] = new LossDefault((p, t) => p.squeeze(1) - t, "model.output.y", "data.y") { Weight = 0.1 },
            },
            Outputs = { ["Score"] = new("model.output.y") { Kind = OutputKind.Scalar } },
        }).Fit(_ml.Data.LoadFromEnumerable(rows)));
        EpochRecord record = transformer.History.Epochs[0];
        double squared = rows.Average(row => Math.Pow(2 - row.Y, 2));
        double absolute = 0.5 * rows.Average(row => Math.Abs(2 - row.Y));
        double signed = 0.1 * rows.Average(row => 2 - row.Y);
        Assert.AreEqual(squared, record["train.losses.squared"], 1e-5);
        Assert.AreEqual(absolute, record["train.losses.absolute"], 1e-5);
        Assert.AreEqual(signed, record["train.losses.signed"], 1e-5);
        Assert.AreEqual(squared + absolute + signed, record["train.losses.total_loss"], 1e-5);
    }

    [TestMethod]
    public void ALossMayReturnRowsOrTheirMean()
    {
        FuseTransformer[] runs = [.. new LossBase[]
        {
            Loss.MeanSquaredError(),
            Loss.Of((p, t) => nn.functional.mse_loss(p.squeeze(1), t)),
            Loss.Of((p, t) => nn.functional.mse_loss(p.squeeze(1), t, nn.Reduction.None)),
            new LossDefault(() => new SquaredError(), BatchKeys.Logits, BatchKeys.Label),
        }.Select(loss => Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Features"), "Target", loss,
            new() { MaxEpochs = 3, BatchSize = 8 }).Fit(_ml.Data.LoadFromEnumerable(Samples.Blobs(30)))))];
        foreach (FuseTransformer run in runs.Skip(1))
            for (int epoch = 0; epoch < 3; epoch++)
                Assert.AreEqual(runs[0].History["train.losses.total_loss"][epoch], run.History["train.losses.total_loss"][epoch], 1e-5);
    }

    [TestMethod]
    public void AValueWithoutRowsIsNotANumberAlsoInTheFile()
    {
        Sample[] rows = Samples.Blobs(20);
        foreach (Sample row in rows.Where(row => row.IsValidation))
            row.Key = 3;
        IDataView view = _ml.Data.LoadFromEnumerable(rows);
        FuseTransformer transformer = Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), "Key",
            options: new() { MaxEpochs = 2, ValidationColumnName = "IsValidation" }).Fit(view));
        Assert.AreEqual(double.NaN, transformer.History["validation.losses.loss"][1]);
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(transformer, view.Schema, path);
        Assert.AreEqual(transformer.History, ((FuseTransformer)Own(_ml.Model.Load(path, out _))).History);
    }

    [TestMethod]
    public void ALossThatFailsIsNamedWithTheBatch()
    {
        FuseTrainer trainer = _ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Features"), "Target", Loss.Of((p, t) => p.reshape(7, 7)));
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(_ml.Data.LoadFromEnumerable(Samples.Blobs(6))));
        Assert.Contains("The loss 'loss' (LossDefault) failed", error.Message);
        Assert.Contains("model.logits.head_0: Float32 [6, 1]", error.Message);
    }

    [TestMethod]
    public void AnUnknownNameListsTheNames()
    {
        FuseTransformer transformer = Own(Learning.Classify());
        Assert.Contains("'train.losses.total_loss'", Assert.ThrowsExactly<KeyNotFoundException>(() => _ = transformer.History["train.losses.total"]).Message);
    }

    private sealed class SquaredError() : nn.Module<Tensor, Tensor, Tensor>(nameof(SquaredError))
    {
        public override Tensor forward(Tensor prediction, Tensor target) => (prediction.squeeze(1) - target).square().mean();
    }
}
