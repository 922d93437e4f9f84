using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Tests what a run logs of metrics and of validation sets.</summary>
[TestClass]
public sealed class MetricLogTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void EveryEpochLogsLossesThenMetricsOfEachPhase()
    {
        FuseTrainer.Options options = Options();
        options.ValidationSets["far"] = Samples.Keyed(_ml, 9);
        FuseTransformer model = Own(_ml.Fuse().Train(options).Fit(Samples.Keyed(_ml, 30), Samples.Keyed(_ml, 12)));
        string[] phases = ["train", "validation", "validation.far"];
        CollectionAssert.AreEqual(
            phases.SelectMany(phase => new[] { "losses.cls_loss", "losses.total_loss", "metrics.label.mean", "metrics.label.rows" }.Select(name => $"{phase}.{name}")).ToArray(),
            model.History.Epochs[1].Values.Select(value => value.Name).ToArray());
        foreach ((string phase, double rows) in phases.Zip([30.0, 12, 9]))
            CollectionAssert.AreEqual(new[] { rows, rows }, model.History[$"{phase}.metrics.label.rows"].ToArray());
        Assert.AreEqual(Samples.Blobs(12).Average(row => (double)row.Key), model.History["validation.metrics.label.mean"][0], 1e-12);
    }

    [TestMethod]
    public void LineOfAnEpochIsShort()
    {
        FuseTrainer.Options options = Options();
        options.ValidationMetrics["auc"] = new MetricAUCROC("model.logits.cls", "data.label") { PredLink = Activation.Softmax };
        options.ValidationSets["far"] = Samples.Keyed(_ml, 9);
        var log = new LogRecorder(_ml);
        Own(_ml.Fuse().Train(options).Fit(Samples.Keyed(_ml, 30), Samples.Keyed(_ml, 12)));
        string line = log.Text.Split('\n').First(text => text.Contains("epoch 1/2", StringComparison.Ordinal));
        CollectionAssert.AreEqual(
            (string[])[
                "train.losses.total_loss", "train.metrics.label.mean", "train.metrics.label.rows",
                "validation.losses.total_loss", "validation.metrics.label.mean", "validation.metrics.label.rows", "validation.metrics.auc.macro_avg",
                "validation.far.losses.total_loss", "validation.far.metrics.label.mean", "validation.far.metrics.label.rows", "validation.far.metrics.auc.macro_avg",
            ],
            line[(line.IndexOf(": ", line.IndexOf("epoch", StringComparison.Ordinal), StringComparison.Ordinal) + 2)..].Split(", ")[..^1].Select(part => part.Split(' ')[0]).ToArray(), line);
    }

    [TestMethod]
    public void ValidationSetIsMeasuredAsEvaluateMeasures()
    {
        FuseTrainer.Options options = Options();
        options.ValidationSets["far"] = Samples.Keyed(_ml, 40, seed: 3);
        options.MaxEpochs = 1;
        FuseTransformer model = Own(_ml.Fuse().Train(options).Fit(Samples.Keyed(_ml, 30)));
        Assert.AreEqual(_ml.Fuse().Evaluate(model, Samples.Keyed(_ml, 40, seed: 3))["test.losses.total_loss"], model.History["validation.far.losses.total_loss"][0]);
        Assert.AreEqual(0, model.BestEpoch, "The set decides the best epoch when there is no other.");
    }

    [TestMethod]
    public void MetricCanDecideTheBestEpoch()
    {
        FuseTrainer.Options options = Options();
        options.ValidationMetrics["step"] = new StepMetric([5, 1, 3]);
        options.BestEpochSource = [new("validation.metrics.step")];
        options.MaxEpochs = 3;
        options.BatchSize = 64;
        FuseTransformer model = Own(_ml.Fuse().Train(options).Fit(Samples.Keyed(_ml, 30), Samples.Keyed(_ml, 12)));
        Assert.AreEqual(1, model.BestEpoch);
        CollectionAssert.AreEqual(new[] { 5.0, 1, 3 }, model.History["validation.metrics.step"].ToArray());
    }

    [TestMethod]
    public void ValidationLossesStandInForTheLosses()
    {
        FuseTrainer.Options options = Options();
        options.ValidationLosses["other"] = new LossCrossEntropy { Pred = "model.logits.cls", Weight = 2 };
        FuseTransformer model = Own(_ml.Fuse().Train(options).Fit(Samples.Keyed(_ml, 30), Samples.Keyed(_ml, 12)));
        Assert.AreEqual(2 * Own(_ml.Fuse().Train(Options()).Fit(Samples.Keyed(_ml, 30), Samples.Keyed(_ml, 12))).History["validation.losses.cls_loss"][0],
            model.History["validation.losses.other"][0], 1e-6);
        Assert.Throws<KeyNotFoundException>(() => model.History["validation.losses.cls_loss"]);
    }

    [TestMethod]
    public void FailingMetricIsNamed()
    {
        FuseTrainer.Options options = Options();
        options.ValidationMetrics["wrong"] = new MeanMetric("data.labl");
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Own(_ml.Fuse().Train(options).Fit(Samples.Keyed(_ml, 30), Samples.Keyed(_ml, 12))));
        Assert.Contains("The metric 'wrong' (MeanMetric) failed", error.Message);
        Assert.Contains("Did you mean 'data.label'", error.Message);
    }

    [TestMethod]
    public void ResumedEpochCountsTheRowsOfTheInterruptedOne()
    {
        FuseTrainer.Options Run(string folder, long? steps = null)
        {
            FuseTrainer.Options options = Options();
            (options.ModelDirectory, options.MaxSteps) = (Path.Combine(Folder, folder), steps);
            return options;
        }

        IDataView rows = Samples.Keyed(_ml, 30);
        FuseTransformer whole = Own(_ml.Fuse().Train(Run("whole")).Fit(rows));
        Own(_ml.Fuse().Train(Run("parts", steps: 6)).Fit(rows));
        FuseTrainer.Options resumed = Run("parts");
        resumed.ResumeFrom = "last";
        FuseTransformer parts = Own(_ml.Fuse().Train(resumed).Fit(rows));
        Assert.AreEqual(30.0, parts.History["train.metrics.label.rows"][1]);
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(Folder, "whole", "last.ckpt")), File.ReadAllBytes(Path.Combine(Folder, "parts", "last.ckpt")));
    }

    [TestMethod]
    [DataRow("", DisplayName = "empty")]
    [DataRow("a.b", DisplayName = "a dot")]
    [DataRow("losses", DisplayName = "part of every name")]
    public void NameThatCannotNameAValidationSetIsRefused(string name)
    {
        FuseTrainer.Options options = Options();
        options.ValidationSets[name] = Samples.Keyed(_ml, 3);
        Assert.Contains($"'{name}' cannot name a validation set", Assert.Throws<ArgumentException>(() => _ml.Fuse().Train(options)).Message);
    }

    [TestMethod]
    public void ValidationSetWithoutRowsOrColumnsIsNamed()
    {
        FuseTrainer.Options empty = Options();
        empty.ValidationSets["night"] = _ml.Data.FilterRowsByColumn(Samples.Keyed(_ml, 9), "Id", lowerBound: 100);
        Assert.Contains("The validation set 'night' has no rows", Assert.Throws<InvalidOperationException>(() => Own(_ml.Fuse().Train(empty).Fit(Samples.Keyed(_ml, 30)))).Message);
        FuseTrainer.Options other = Options();
        other.ValidationSets["night"] = _ml.Transforms.DropColumns("Features").Fit(Samples.Keyed(_ml, 9)).Transform(Samples.Keyed(_ml, 9));
        Assert.Contains("no column 'Features'", Assert.Throws<ArgumentException>(() => Own(_ml.Fuse().Train(other).Fit(Samples.Keyed(_ml, 30)))).Message);
    }

    private static FuseTrainer.Options Options() => new()
    {
        Columns = { ["data.input"] = new("Features"), ["data.label"] = new("Label") },
        Model = new ModelWrapSeqToDict { Model = Network.Of<DropoutClassifier>(), Inputs = ["data.input"], Outputs = ["model.logits.cls"] },
        Losses = { ["cls_loss"] = new LossCrossEntropy { Pred = "model.logits.cls" } },
        TrainMetrics = { ["label"] = new MeanMetric("data.label") },
        ValidationMetrics = { ["label"] = new MeanMetric("data.label") },
        MaxEpochs = 2,
        BatchSize = 8,
    };

    /// <summary>Gives fixed values, one for each number of steps, when an epoch is one step.</summary>
    private sealed record StepMetric(ValueList<double> Values) : MetricBase
    {
        protected internal override Tensor Collect(BatchDict batch) => full([batch.RowCount], (double)batch.GlobalStep);

        protected internal override MetricResult Evaluate(MetricRows rows) => Values[(int)rows[0][0] - 1];
    }
}
