using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Validates on rows whose loss is not a number.</summary>
[TestClass]
public sealed class NotANumberTests : LeakCheckedTest
{
    private const string Total = "validation.losses.total_loss";
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void ANaNFeatureInAValidationRowShowsInTheHistoryAndTheLog()
    {
        Line[] rows = Rows();
        rows[^1].X = [float.NaN];
        var log = new LogRecorder(_ml);
        FuseTransformer transformer = Own(Fit(rows));
        CollectionAssert.AreEqual(new[] { double.NaN, double.NaN }, transformer.History[Total].ToArray());
        Assert.IsTrue(transformer.History["train.losses.total_loss"].All(double.IsFinite));
        Assert.Contains($"Warning: {Total} is not a number in epoch 1", log.Text);
        Assert.DoesNotContain("(best)", log.Text);
        Assert.IsNull(transformer.BestEpoch);
        Assert.AreEqual(StopReason.Completed, transformer.StopReason);
    }

    [TestMethod]
    public void WithoutAnyValidationLabelTheTotalIsNotANumber()
    {
        Line[] rows = Rows();
        foreach (Line row in rows.Where(row => row.IsValidation))
            row.Y = float.NaN;
        var log = new LogRecorder(_ml);
        FuseTransformer transformer = Own(Fit(rows));
        Assert.IsTrue(transformer.History[Total].All(double.IsNaN));
        Assert.IsNull(transformer.BestEpoch);
        Assert.Contains($"Warning: {Total} is not a number in epoch 2", log.Text);
    }

    [TestMethod]
    public void OneOfTwoLossesThatIsNotANumberMakesTheTotalNone()
    {
        Line[] rows = Rows();
        rows[^1].X = [float.NaN];
        FuseTransformer transformer = Own(_ml.Fuse().Train(new FuseTrainer.Options
        {
            MaxEpochs = 1,
            ValidationColumnName = "IsValidation",
            NonFiniteFeatures = NonFiniteFeatures.Keep,
            Columns = { ["data.x"] = new("X"), ["data.y"] = new("Y") },
            Model = new ModelWrapSeqToDict { Model = Network.Of<LineNetwork>(2f), Inputs = ["data.x"], Outputs = ["model.output.y"] },
            Losses =
            {
                ["fit"] = new LossMeanSquaredError { Pred = "model.output.y", Target = "data.y" },
                ["label"] = new LossDefault((p, _) => p.square(), "data.y", "data.y"),
            },
            Outputs = { ["Score"] = new("model.output.y") { Kind = OutputKind.Scalar } },
        }).Fit(_ml.Data.LoadFromEnumerable(rows)));
        EpochRecord record = transformer.History.Epochs[0];
        Assert.IsTrue(double.IsFinite(record["validation.losses.label"]));
        Assert.AreEqual(double.NaN, record["validation.losses.fit"]);
        Assert.AreEqual(double.NaN, record[Total]);
    }

    [TestMethod]
    [DataRow(new[] { double.NaN, 3, 4 }, 1)]
    [DataRow(new[] { 5, double.NaN, 4 }, 2)]
    [DataRow(new[] { 5, double.NaN, 6 }, 0)]
    [DataRow(new[] { double.NaN, double.NaN, 6 }, 2)]
    [DataRow(new[] { double.NaN, double.NaN, double.NaN }, null)]
    public void AnEpochWithoutANumberIsNeverTheBest(double[] losses, int? best)
    {
        IDataView rows = Samples.Keyed(_ml, 12);
        FuseTransformer transformer = Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), loss: new SequenceLoss(losses),
            options: new() { MaxEpochs = losses.Length, BatchSize = 16 }).Fit(rows, rows));
        CollectionAssert.AreEqual(losses, transformer.History[Total].ToArray());
        Assert.AreEqual(best, transformer.BestEpoch);
    }

    private FuseTransformer Fit(Line[] rows) => _ml.Fuse().Train(Network.Of<LineNetwork>(1f), new TensorColumn("X"), "Y",
        options: new() { MaxEpochs = 2, BatchSize = 4, ValidationColumnName = "IsValidation", NonFiniteFeatures = NonFiniteFeatures.Keep }).Fit(_ml.Data.LoadFromEnumerable(rows));

    private static Line[] Rows() => [.. Enumerable.Range(1, 12).Select(i => new Line { X = [i / 6f], Y = i / 3f, IsValidation = i > 8 })];
}
