using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Is the table of odd inputs that a run goes on with; docs/bad-data.md has the same.</summary>
[TestClass]
public sealed class OddDataTests : LeakCheckedTest
{
    private const int Count = 24;

    private static readonly Dictionary<string, (string? Warns, Func<OddDataTests, FuseTrainer.TrainingOptions, FuseTransformer> Fit)> Cases = new(StringComparer.Ordinal)
    {
        ["a missing key as label"] = ("Column 'Key' has 2 missing keys", (test, options) => test.Keys(options, 3, 8)),
        ["NaN as label"] = (null, (test, options) => test.Numbers(options, 3, 8)),
        ["a row of every label missing"] = ("Column 'Key' has 24 missing keys", (test, options) => test.Keys(options, [.. Enumerable.Range(0, Count)])),
        ["one row"] = (null, (test, options) => Learning.Classifier(test._ml, options).Fit(test._ml.Data.TakeRows(test.Rows(), 1))),
        ["a last batch of one row and batch normalization"] = (null, (test, options) => Learning.Classifier(test._ml, options, Network.Of<BatchNormTests.Normalized>()).Fit(test._ml.Data.TakeRows(test.Rows(), 9))),
        ["vectors longer than PadTo"] = ("Column 'Numbers' has more than PadTo = 2 values in 2 rows", (test, options) => test._ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Numbers") { PadTo = 2 }, "Target", options: options)
            .Fit(test._ml.Data.LoadFromEnumerable(new[] { new TokenRow { Numbers = [1, 2, 3] }, new TokenRow { Numbers = [1] }, new TokenRow { Numbers = [4, 3, 2, 1] } }))),
        ["rows with NaN, left out"] = ("2 rows with NaN or infinite features were left out", (test, options) => test.WithNaN(options, NonFiniteFeatures.SkipRow, 3, 8)),
        ["rows with NaN, replaced"] = (null, (test, options) => test.WithNaN(options, NonFiniteFeatures.Replace(), 3, 8)),
        ["columns of one name"] = (null, (test, options) =>
        {
            IDataView rows = test._ml.Transforms.CopyColumns("Features", "Unfit").Append(test._ml.Transforms.CopyColumns("Features", "Right")).Fit(test.Twins()).Transform(test.Twins());
            return test._ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Features", [2]), "Target", options: options).Fit(rows);
        }
        ),
        ["a class that the training rows lack"] = (null, (test, options) => Learning.Classifier(test._ml, options).Fit(test._ml.Data.FilterRowsByKeyColumnFraction(test.Rows(), "Label", 0, 0.5))),
        ["a source whose passes differ, kept in memory"] = (null, (test, options) =>
        {
            options.StagingBytes = null;
            return test._ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Features"), "Target", options: options).Fit(Samples.NotRepeating(test._ml, Count));
        }
        ),
    };

    private readonly MLContext _ml = new(seed: 1);

    /// <summary>Gets the names of the cases.</summary>
    public static IEnumerable<string> CaseNames => Cases.Keys;

    public static IEnumerable<object[]> Names() => Cases.Keys.SelectMany(name => new[] { new object[] { name, false }, [name, true] });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void AnOddInputTrainsAndIsSaid(string name, bool isStreamed)
    {
        var log = new LogRecorder(_ml);
        var options = new FuseTrainer.TrainingOptions { MaxEpochs = 2, BatchSize = 8, StagingBytes = isStreamed ? 0 : null, ShuffleBufferRows = 6 };
        FuseTransformer model = Own(Cases[name].Fit(this, options));
        Assert.AreEqual(StopReason.Completed, model.StopReason);
        Assert.IsTrue(model.Network.parameters().All(parameter => parameter.isfinite().all().ToBoolean()));
        if (Cases[name].Warns is { } warning)
            Assert.AreEqual(2, log.Text.Split($"Warning: {warning}").Length, log.Text);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void RowsThatAreLeftOutAreAsIfTheyWereNotThere(bool isStreamed)
    {
        FuseTrainer.TrainingOptions Options() => new() { MaxEpochs = 3, BatchSize = 8, ValidationColumnName = "IsValidation", StagingBytes = isStreamed ? 0 : null, ShuffleBufferRows = 6 };
        // Rows 3 and 11 are for validation.
        FuseTransformer model = Own(WithNaN(Options(), NonFiniteFeatures.SkipRow, 2, 3, 11, 17));
        int[] bad = [2, 3, 11, 17];
        FuseTransformer expected = Own(Learning.Classifier(_ml, Options()).Fit(Samples.Keyed(_ml, Samples.Blobs(Count).Where((_, row) => !bad.Contains(row)))));
        Assert.AreEqual(expected.History, model.History);
        CollectionAssert.AreEqual(Learning.Weights(expected.Network), Learning.Weights(model.Network));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void WhatIsReplacedIsReplacedInScoringToo(bool isStreamed)
    {
        FuseTrainer.TrainingOptions Options() => new() { MaxEpochs = 3, BatchSize = 8, StagingBytes = isStreamed ? 0 : null, ShuffleBufferRows = 6 };
        FuseTransformer model = Own(WithNaN(Options(), NonFiniteFeatures.Replace(0.25), 3, 8));
        Sample[] mended = Samples.Blobs(Count);
        mended[3].Features[0] = mended[8].Features[0] = 0.25f;
        FuseTransformer expected = Own(Learning.Classifier(_ml, Options()).Fit(Samples.Keyed(_ml, mended)));
        CollectionAssert.AreEqual(Learning.Weights(expected.Network), Learning.Weights(model.Network));
        IDataView rows = Samples.Keyed(_ml, Broken(3, 8));
        float[][] scores = Learning.Scores(expected.Transform(Samples.Keyed(_ml, mended)));
        Learning.AreEqual(scores, Learning.Scores(model.Transform(rows)));
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, rows.Schema, path);
        Learning.AreEqual(scores, Learning.Scores(Own(_ml.Model.Load(path, out _)).Transform(rows)));
        using PredictionEngine<Sample, Scored> engine = _ml.Model.CreatePredictionEngine<Sample, Scored>(model, new PredictionEngineOptions { OwnsTransformer = false });
        Learning.AreEqual([scores[8]], [engine.Predict(Broken(3, 8)[8]).Score], 1e-6f);
        OnnxRun.IsEqual(_ml, OnnxRun.Export(_ml, model, rows), model, rows);
    }

    [TestMethod]
    public void WhatIsKeptReachesTheNetwork()
    {
        RecordingNetwork.Inputs.Clear();
        Sample[] rows = Samples.Blobs(4);
        rows[2].Features[0] = float.NaN;
        FuseTrainer trainer = _ml.Fuse().Train(Network.Of<RecordingNetwork>(), new TensorColumn("Features"), "Target", options: new() { MaxEpochs = 1, NonFiniteFeatures = NonFiniteFeatures.Keep });
        Assert.Contains("The loss 'loss' was NaN in epoch 1, step 0", Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(_ml.Data.LoadFromEnumerable(rows))).Message);
        Assert.IsTrue(double.IsNaN(RecordingNetwork.Inputs[0].Values[4]));
    }

    [TestMethod]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    [DataRow(1e300)]
    public void AReplacementIsFinite(double value) => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NonFiniteFeatures.Replace(value));

    [TestMethod]
    public void AClassMissingFromAFoldNeedsKeysThatAllFoldsShare()
    {
        // One row of class c, so that one fold trains without it and the others test without it.
        IDataView rows = _ml.Data.LoadFromEnumerable(Samples.Blobs(Count).Where((row, i) => row.Label != "c" || i == 2).ToArray());
        var map = _ml.Transforms.Conversion.MapValueToKey("Label");
        FuseTrainer trainer = Learning.Classifier(_ml, new() { MaxEpochs = 1, BatchSize = 8 });
        var results = _ml.MulticlassClassification.CrossValidate(map.Fit(rows).Transform(rows), trainer, numberOfFolds: 3);
        Assert.HasCount(3, results);
        foreach (var result in results)
            Own(result.Model);
        Assert.IsTrue(results.All(result => double.IsFinite(result.Metrics.MicroAccuracy)));
        // Keys of each fold's own: a network that takes its size from them follows, one of a fixed size says what is wrong.
        foreach (var result in _ml.MulticlassClassification.CrossValidate(rows, map.Append(_ml.MulticlassClassification.Trainers.FuseNeuralNetwork(maxEpochs: 1)), numberOfFolds: 3))
            Own(result.Model);
        Assert.Contains("one output for each of the 2 classes of 'Label'", Assert.Throws<Exception>(() => _ml.MulticlassClassification.CrossValidate(rows, map.Append(trainer), numberOfFolds: 3)).ToString());
    }

    [TestMethod]
    public void ALabelUnseenInTrainingIsAMissingKeyThatEvaluationLeavesOut()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Samples.Blobs(Count));
        ITransformer model = Own(_ml.Transforms.Conversion.MapValueToKey("Label").Append(Learning.Classifier(_ml)).Fit(rows));
        Sample[] test = Samples.Blobs(Count);
        double expected = _ml.Fuse().Evaluate(model, _ml.Data.LoadFromEnumerable(test.Where(row => row.Label != "c")))["test.losses.total_loss"];
        foreach (Sample row in test.Where(row => row.Label == "c"))
            row.Label = "new";
        Assert.AreEqual(expected, _ml.Fuse().Evaluate(model, _ml.Data.LoadFromEnumerable(test))["test.losses.total_loss"], 1e-6);
    }

    [TestMethod]
    public void AMillionClassesTakeTheMemoryOfTheirOutputs()
    {
        const int Classes = 1_000_000;
        IDataView rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 8).Select(i => new ManyClasses { Features = [i, 1], Label = (uint)(i * 100_000) }));
        long before = GC.GetTotalAllocatedBytes(precise: true);
        FuseTransformer model = Own(Learning.Classifier(_ml, new() { MaxEpochs = 1, BatchSize = 4, Optimizer = Optimizers.SGD(0.1) }, Network.Of<TinyClassifier>(2, Classes)).Fit(rows));
        uint[] labels = [.. model.Transform(rows).GetColumn<uint>("PredictedLabel")];
        Assert.HasCount(8, labels);
        // The rows' scores, and no table of classes by classes.
        Assert.IsLessThan(40L * Classes * sizeof(float), GC.GetTotalAllocatedBytes(precise: true) - before);
    }

    private static Sample[] Broken(params int[] places)
    {
        Sample[] rows = Samples.Blobs(Count);
        foreach (int place in places)
            rows[place].Features[0] = place % 2 == 0 ? float.NaN : float.PositiveInfinity;
        return rows;
    }

    private IDataView Rows() => Samples.Keyed(_ml, Count);

    private FuseTransformer WithNaN(FuseTrainer.TrainingOptions options, NonFiniteFeatures policy, params int[] places)
    {
        options.NonFiniteFeatures = policy;
        return Learning.Classifier(_ml, options).Fit(Samples.Keyed(_ml, Broken(places)));
    }

    private FuseTransformer Keys(FuseTrainer.TrainingOptions options, params int[] missing)
    {
        Sample[] rows = Samples.Blobs(Count);
        foreach (int place in missing)
            rows[place].Key = 3;
        return _ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), "Key", options: options).Fit(_ml.Data.LoadFromEnumerable(rows));
    }

    private FuseTransformer Numbers(FuseTrainer.TrainingOptions options, params int[] missing)
    {
        Sample[] rows = Samples.Blobs(Count);
        foreach (int place in missing)
            rows[place].Target = float.NaN;
        return _ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Features"), "Target", options: options).Fit(_ml.Data.LoadFromEnumerable(rows));
    }

    private IDataView Twins() => _ml.Data.LoadFromEnumerable(Samples.Blobs(Count).Select(row => new Twin { Right = row.Features, Target = row.Target }));

    private sealed class Scored
    {
        public float[] Score { get; set; } = [];
    }

    private sealed class Twin
    {
        [VectorType(3)]
        public float[] Unfit { get; set; } = [0, 0, 0];

        [VectorType(2)]
        public float[] Right { get; set; } = [];

        public float Target { get; set; }
    }

    private sealed class ManyClasses
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        [KeyType(1_000_000)]
        public uint Label { get; set; }
    }
}
