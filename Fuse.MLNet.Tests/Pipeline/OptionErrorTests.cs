using Microsoft.ML;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class OptionErrorTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("BatchSize")]
    [DataRow("MaxEpochs")]
    [DataRow("ValidationFraction")]
    [DataRow("ScoreColumnName")]
    [DataRow("PredictedLabelColumnName")]
    public void AnOptionOutOfRangeIsNamed(string option)
    {
        FuseTrainer.TrainingOptions options = option switch
        {
            "BatchSize" => new() { BatchSize = 0 },
            "MaxEpochs" => new() { MaxEpochs = 0 },
            "ValidationFraction" => new() { ValidationFraction = 1 },
            "ScoreColumnName" => new() { ScoreColumnName = "" },
            _ => new() { PredictedLabelColumnName = "" },
        };
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Learning.Classifier(_ml, options));
        Assert.AreEqual(option, error.ParamName);
    }

    [TestMethod]
    public void TwoWaysToChooseValidationRowsAreRefused()
    {
        ArgumentException both = Assert.ThrowsExactly<ArgumentException>(() =>
            Learning.Classifier(_ml, new() { ValidationFraction = 0.5, ValidationColumnName = "IsValidation" }));
        Assert.Contains("both choose the validation rows", both.Message);
        ArgumentException key = Assert.ThrowsExactly<ArgumentException>(() => Learning.Classifier(_ml, new() { SamplingKeyColumnName = "Patient" }));
        Assert.Contains("only with ValidationFraction", key.Message);
        IDataView view = Samples.Keyed(_ml, 6);
        foreach (FuseTrainer.TrainingOptions options in new FuseTrainer.TrainingOptions[] { new() { ValidationFraction = 0.5 }, new() { ValidationColumnName = "IsValidation" } })
            Assert.Contains("use one way", Assert.ThrowsExactly<ArgumentException>(() => Learning.Classifier(_ml, options).Fit(view, view)).Message);
    }

    [TestMethod]
    [DataRow("Model", "Model is not set")]
    [DataRow("Columns", "at least one column")]
    [DataRow("Losses", "at least one loss")]
    public void WhatTheLongFormNeedsIsNamed(string missing, string expected)
    {
        FuseTrainer.Options options = Script3();
        if (missing == "Model")
            options.Model = null;
        else if (missing == "Columns")
            options.Columns.Clear();
        else
            options.Losses.Clear();
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => _ml.Fuse().Train(options)).Message);
    }

    [TestMethod]
    public void ChangingTheOptionsAfterwardsChangesNothing()
    {
        FuseTrainer.Options options = Script3();
        FuseTrainer trainer = _ml.Fuse().Train(options);
        options.Columns.Clear();
        options.Outputs.Clear();
        options.MaxEpochs = 5;
        FuseTransformer transformer = Own(trainer.Fit(Samples.Keyed(_ml, 6)));
        Assert.HasCount(1, transformer.History.Epochs);
        Assert.HasCount(6, Learning.Scores(transformer.Transform(Samples.Keyed(_ml, 6))));
    }

    [TestMethod]
    public void TheNetworksOutputMustHaveOneValueForEachKey()
    {
        FuseTrainer trainer = Learning.Classifier(_ml, network: Network.Of<TinyClassifier>(2, 4));
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(Samples.Keyed(_ml, 6)));
        Assert.Contains("which the model gave as [6, 4]", error.Message);
        Assert.Contains("[N, 3], one output for each of the 3 classes of 'Label'", error.Message);
    }

    [TestMethod]
    public void ANetworkThatDoesNotFitTheInputFailsWithTheBatch()
    {
        FuseTrainer trainer = Learning.Classifier(_ml, network: Network.Of<TinyClassifier>(5, 3));
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(Samples.Keyed(_ml, 6)));
        Assert.Contains("The network failed on the first batch", error.Message);
        Assert.Contains("data.input: Float32 [6, 2]", error.Message);
    }

    [TestMethod]
    public void AnOutputMustBeReadFromAKeyThatTheModelMakes()
    {
        FuseTrainer.Options options = Script3();
        options.Outputs["Score"] = new("model.output.clss", "Label");
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Fuse().Train(options).Fit(Samples.Keyed(_ml, 6)));
        Assert.Contains("'model.output.clss', which the model does not make. Did you mean 'model.output.cls'", error.Message);
    }

    [TestMethod]
    public void AnUnknownMonitoredNameListsTheNames()
    {
        var options = new FuseTrainer.TrainingOptions { MaxEpochs = 1, BestEpochSource = [new("accuracy", MonitorMode.Max)] };
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Learning.Classify(rows: 6, options: options));
        Assert.Contains("monitors 'accuracy', which is not logged", error.Message);
        Assert.Contains("'train.losses.loss', 'train.losses.total_loss'", error.Message);
    }

    [TestMethod]
    public void NoRowsAreRefused()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            Learning.Classifier(_ml).Fit(_ml.Data.FilterRowsByColumn(Samples.Keyed(_ml, 6), "Id", lowerBound: 1000)));
        Assert.Contains("There is no training row", error.Message);
    }

    private static FuseTrainer.Options Script3() => new()
    {
        MaxEpochs = 1,
        Columns = { ["data.features"] = new("Features"), ["data.label"] = new("Label") },
        Model = new ModelWrapSeqToDict
        {
            Model = Network.Of<TinyClassifier>(),
            Inputs = ["data.features"],
            Outputs = ["model.logits.cls", "model.output.cls"],
            PostForward = Activation.Softmax,
        },
        Losses = { ["cls"] = new LossCrossEntropy { Pred = "model.logits.cls" } },
        Outputs = { ["Score"] = new("model.output.cls", "Label") },
    };
}
