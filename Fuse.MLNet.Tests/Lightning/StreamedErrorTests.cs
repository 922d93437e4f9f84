using System.Reflection;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Ends runs over streamed rows in every way but the usual one, and looks for what is left of them.</summary>
[TestClass]
public sealed class StreamedErrorTests : LeakCheckedTest
{
    private const int Rows = 60;
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(0, 3, DisplayName = "before the first batch")]
    [DataRow(1, 0, DisplayName = "at the first row of an epoch")]
    [DataRow(1, 59, DisplayName = "at the last row of an epoch")]
    [DataRow(2, 30, DisplayName = "in validation")]
    [DataRow(3, 30, DisplayName = "in the second epoch")]
    public void AnErrorOfTheSourceComesOutAsItIs(int pass, int row)
    {
        var error = new FormatException("the disk is gone");
        ProbeView view = View((at, index) =>
        {
            if (at == pass && index == row)
                throw error;
        });
        Assert.AreSame(error, Assert.ThrowsExactly<FormatException>(() => Fit(view, new() { ValidationFraction = 0.2 })));
        view.AssertNothingIsLeft();
    }

    [TestMethod]
    public void TheBatchesBeforeAnErrorAreTrainedOn()
    {
        ProbeView view = View((pass, row) =>
        {
            if (pass == 1 && row == 40)
                throw new FormatException();
        });
        var recorder = new BatchRecorder(BatchKeys.Label);
        // With a buffer of 8 rows, 32 were given out when row 40 came: the fourth batch of 8 was not yet known to have another one behind it.
        Assert.ThrowsExactly<FormatException>(() => Fit(view, new() { BatchSize = 8, ShuffleBufferRows = 8, Callbacks = { recorder } }));
        Assert.HasCount(3, recorder[BatchKeys.Label]);
    }

    [TestMethod]
    public void AValueThatDoesNotFitNamesColumnAndRow()
    {
        Sample[] rows = Samples.Blobs(20);
        rows[13].Target = 1e20f;
        var view = new ProbeView(_ml.Data.LoadFromEnumerable(rows));
        FuseTrainer trainer = _ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), "Key", options: new() { BatchSize = 4, StagingBytes = 0, Augment = { } });
        var options = new FuseTrainer.Options
        {
            Columns = { ["data.input"] = new("Features"), ["data.label"] = new("Key"), ["data.target"] = new("Target") { DType = ScalarType.Int32 } },
            Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(), Inputs = ["data.input"], Outputs = [BatchKeys.Logits] },
            Losses = { ["cls_loss"] = new LossCrossEntropy() },
            BatchSize = 4,
            StagingBytes = 0,
        };
        Assert.Contains("Column 'Target' holds 1E+20 in row 13", Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Fuse().Train(options).Fit(view)).Message);
        view.AssertNothingIsLeft();
        Own(trainer.Fit(view));
    }

    [TestMethod]
    [DataRow("sampler", "Sampler needs the classes of all rows before the first batch")]
    [DataRow("train fraction", "LimitTrainBatches = 0.5 of the batches needs the number of rows, which is not known before all are read")]
    [DataRow("validation fraction", "LimitValidationBatches = 0.5 of the batches needs the number of rows")]
    [DataRow("keyed validation fraction", "LimitValidationBatches = 0.5 of the batches needs the number of rows")]
    public void WhatNeedsRowsInMemoryIsNamedWithWhatToDo(string thing, string expected)
    {
        FuseTrainer.TrainingOptions options = thing switch
        {
            "sampler" => new() { Sampler = new(), BatchSize = 3 },
            "train fraction" => new() { LimitTrainBatches = BatchLimit.Fraction(0.5) },
            "validation fraction" => new() { LimitValidationBatches = BatchLimit.Fraction(0.5), ValidationFraction = 0.3 },
            _ => new() { LimitValidationBatches = BatchLimit.Fraction(0.5), ValidationFraction = 0.3, SamplingKeyColumnName = "Patient" },
        };
        var view = new ProbeView(Samples.Keyed(_ml, Rows)) { RowCount = thing.StartsWith("keyed", StringComparison.Ordinal) ? Rows : null };
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Fit(view, options));
        Assert.Contains(expected, error.Message);
        Assert.Contains("do not fit StagingBytes: raise it (16 bytes a row)", error.Message);
        view.AssertNothingIsLeft();
    }

    [TestMethod]
    [DataRow("StagingBytes", -1, null)]
    [DataRow("ShuffleBufferRows", null, 0)]
    public void AnOptionOutOfRangeIsNamed(string option, int? bytes, int? slots) => Assert.AreEqual(option,
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Learning.Classifier(_ml, new() { StagingBytes = bytes, ShuffleBufferRows = slots })).ParamName);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void NoRowAtAllIsSaid(bool setsAside)
    {
        var view = new ProbeView(Samples.Keyed(_ml, Rows)) { RowsOfPass = _ => 0 };
        Assert.Contains("There is no training row", Assert.ThrowsExactly<InvalidOperationException>(() => Fit(view, new() { ValidationFraction = setsAside ? 0.5 : 0 })).Message);
        view.AssertNothingIsLeft();
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void ASourceThatCanBeReadOnlyOnceIsSaid(int passes)
    {
        var view = new ProbeView(Samples.Keyed(_ml, Rows)) { RowsOfPass = pass => pass < passes ? Rows : 0 };
        Assert.Contains("The training rows: a pass before gave rows and this one none, so the source can be read only once", Assert.ThrowsExactly<InvalidOperationException>(() => Fit(view, new())).Message);
        view.AssertNothingIsLeft();
    }

    [TestMethod]
    [DataRow(null, 60, 50, true)]
    [DataRow(60L, 50, 50, true)]
    [DataRow(60L, 60, 60, false)]
    [DataRow(null, 60, 60, false)]
    public void AnotherNumberOfRowsIsSaidAndTheRunGoesOn(long? promised, int first, int second, bool isSaid)
    {
        var log = new LogRecorder(_ml);
        // The first batch has a pass of its own.
        var view = new ProbeView(Samples.Keyed(_ml, Rows)) { RowCount = promised, RowsOfPass = pass => pass < 2 ? first : second };
        FuseTransformer model = Own(Fit(view, new() { MaxEpochs = 2 }));
        Assert.HasCount(2, model.History.Epochs);
        Assert.AreEqual(isSaid, log.Text.Contains("The training rows: a pass gave 50, where 60 were expected", StringComparison.Ordinal), log.Text);
    }

    [TestMethod]
    public void NoValidationRowIsSaid()
    {
        var log = new LogRecorder(_ml);
        FuseTransformer model = Own(Fit(new ProbeView(_ml.Data.FilterRowsByColumn(Samples.Keyed(_ml, Rows), "Target", upperBound: 1e6)), new() { ValidationFraction = 0.4, SamplingKeyColumnName = "Label", MaxEpochs = 1 }));
        Assert.AreEqual(model.History.Epochs[0].Values.Any(value => value.Name.StartsWith("validation.", StringComparison.Ordinal)), !log.Text.Contains("No row was set aside", StringComparison.Ordinal));
        Sample[] rows = Samples.Blobs(Rows);
        foreach (Sample row in rows)
            row.IsValidation = false;
        model = Own(Fit(new ProbeView(Samples.Keyed(_ml, rows)), new() { ValidationColumnName = "IsValidation", MaxEpochs = 1 }));
        Assert.Contains("Warning: No row was set aside for validation; the last epoch is kept.", log.Text);
        Assert.IsFalse(model.History.Epochs[0].Values.Any(value => value.Name.StartsWith("validation.losses", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void ValidationDataWithoutRowsAreSaid()
    {
        var empty = new ProbeView(Samples.Keyed(_ml, Rows)) { RowsOfPass = _ => 0 };
        var view = new ProbeView(Samples.Keyed(_ml, Rows));
        Assert.Contains("The validation data has no rows.", Assert.ThrowsExactly<InvalidOperationException>(() =>
            Learning.Classifier(_ml, new() { StagingBytes = 0, BatchSize = 16 }).Fit(view, empty)).Message);
        view.AssertNothingIsLeft();
        empty.AssertNothingIsLeft();
    }

    [TestMethod]
    [DataRow(0, 10)]
    [DataRow(1, 0)]
    [DataRow(1, 500)]
    [DataRow(1, 20_000)]
    public void CancellingWhileRowsAreReadEndsTheReadingAtOnce(int pass, int row)
    {
        using var source = new CancellationTokenSource();
        var view = new ProbeView(Endless())
        {
            OnRow = (at, index) =>
            {
                if (at == pass && index == row)
                    source.Cancel();
            },
        };
        FuseTrainer trainer = Learning.Classifier(_ml, new() { BatchSize = 16, StagingBytes = 0, ShuffleBufferRows = 100, CancellationToken = source.Token });
        if (pass == 0)
            Assert.Throws<OperationCanceledException>(() => trainer.Fit(view));
        else
            Assert.AreEqual(StopReason.Cancelled, Own(trainer.Fit(view)).StopReason);
        // Each row may have taken a second to come.
        Assert.AreEqual(row + 1, view.Passes[pass].Rows);
        view.AssertNothingIsLeft();
    }

    [TestMethod]
    public void ACancelledRunStillEndsTheStepThatItIsIn()
    {
        using var source = new CancellationTokenSource();
        var view = new ProbeView(Endless())
        {
            OnRow = (pass, row) =>
            {
                if (pass == 1 && row == 10)
                    source.Cancel();
            },
        };
        // The token is cancelled while row 10 is read, and the first of the four batches of a step holds rows 0 and 1.
        FuseTransformer model = Own(Learning.Classifier(_ml, new()
        {
            BatchSize = 2,
            AccumulateBatches = 4,
            StagingBytes = 0,
            ShuffleBufferRows = 1,
            CancellationToken = source.Token,
            ModelDirectory = Folder,
            Callbacks = { new Within(() => SpinWait.SpinUntil(() => source.IsCancellationRequested, TimeSpan.FromSeconds(30))) },
        }).Fit(view));
        Assert.AreEqual(StopReason.Cancelled, model.StopReason);
        Assert.IsTrue(File.Exists(Path.Combine(Folder, "last.ckpt")));
        view.AssertNothingIsLeft();
    }

    [TestMethod]
    public void ACancelledContextThrowsAndLeavesACheckpoint()
    {
        MethodInfo cancel = typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!;
        var view = new ProbeView(Endless())
        {
            OnRow = (pass, row) =>
            {
                if (pass == 1 && row == 500)
                    cancel.Invoke(_ml, null);
            },
        };
        Assert.Throws<OperationCanceledException>(() => Learning.Classifier(_ml, new() { BatchSize = 16, StagingBytes = 0, ShuffleBufferRows = 20, ModelDirectory = Folder }).Fit(view));
        Assert.AreEqual(501, view.Passes[1].Rows);
        Assert.IsTrue(File.Exists(Path.Combine(Folder, "last.ckpt")));
        view.AssertNothingIsLeft();
    }

    [TestMethod]
    [DataRow("a step limit")]
    [DataRow("a callback's error")]
    [DataRow("a loss's error")]
    [DataRow("a callback's end")]
    [DataRow("a search")]
    [DataRow("divergence")]
    public void ARunThatEndsWithinAnEpochLeavesNothing(string end)
    {
        var view = new ProbeView(Endless());
        FuseTrainer.TrainingOptions options = new() { BatchSize = 16, StagingBytes = 0, ShuffleBufferRows = 20 };
        switch (end)
        {
            case "a step limit":
                options.MaxSteps = 3;
                break;
            case "a callback's error":
                options.Callbacks.Add(new Within(() => throw new FormatException()));
                break;
            case "a callback's end":
                options.Callbacks.Add(new Ends());
                break;
            case "divergence":
                (options.OnDivergence, options.Optimizer) = (DivergencePolicy.Throw, Optimizers.SGD(float.MaxValue));
                break;
        }
        FuseTrainer trainer = end == "a loss's error"
            ? _ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), "Label", Loss.Of((_, _) => throw new FormatException()), options)
            : Learning.Classifier(_ml, options);
        switch (end)
        {
            case "a search":
                _ml.Fuse().FindLearningRate(trainer, view, steps: 5);
                break;
            case "a callback's error" or "a loss's error":
                Assert.ThrowsExactly<FormatException>(() => trainer.Fit(view));
                break;
            case "divergence":
                Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(view));
                break;
            default:
                Own(trainer.Fit(view));
                break;
        }
        Assert.HasCount(2, view.Passes);
        view.AssertNothingIsLeft();
    }

    [TestMethod]
    public void ReadingStaysAFewBatchesAhead()
    {
        var view = new ProbeView(Endless());
        long most = 0;
        Own(Learning.Classifier(_ml, new()
        {
            BatchSize = 16,
            StagingBytes = 0,
            ShuffleBufferRows = 20,
            MaxSteps = 20,
            Callbacks = { new Within(() => { Thread.Sleep(5); most = Math.Max(most, view.Passes[^1].Rows); }) },
        }).Fit(view));
        // 20 batches, the buffer, and a ring of 32 batches.
        Assert.IsInRange(320, 320 + 20 + (34 * 16), most);
    }

    private IDataView Endless()
    {
        IEnumerable<Sample> Forever()
        {
            Sample[] rows = Samples.Blobs(Rows);
            for (long i = 0; ; i++)
                yield return rows[i % Rows];
        }

        IDataView view = _ml.Data.LoadFromEnumerable(Forever());
        return _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(Samples.Blobs(Rows))).Transform(view);
    }

    private ProbeView View(Action<int, long> onRow) => new(Samples.Keyed(_ml, Rows)) { OnRow = onRow };

    private FuseTransformer Fit(IDataView view, FuseTrainer.TrainingOptions options)
    {
        options.StagingBytes = 0;
        options.ShuffleBufferRows ??= 10;
        options.BatchSize = options.BatchSize == 32 ? 16 : options.BatchSize;
        return Learning.Classifier(_ml, options).Fit(view);
    }

    private sealed class Within(Action act) : Callback
    {
        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => act();
    }

    private sealed class Ends : Callback
    {
        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => context.Stop("it is enough");
    }
}
