using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Tests the options that use only some batches: limits, overfitting, and trying a run out.</summary>
[TestClass]
public sealed class BatchLimitTests : LeakCheckedTest
{
    private const string Input = BatchKeys.Input;

    [TestMethod]
    [DataRow(50, 16, 2, 0.0, "16 16")]
    [DataRow(50, 16, 4, 0.0, "16 16 16 2")]
    [DataRow(50, 16, 9, 0.0, "16 16 16 2")]
    [DataRow(50, 16, 0, 0.5, "16 16")]
    [DataRow(50, 16, 0, 0.01, "16")]
    [DataRow(50, 16, 0, 1.0, "16 16 16 2")]
    [DataRow(100, 1, 0, 0.29, "29")]
    [DataRow(33, 16, 1, 0.0, "16", DisplayName = "before a last row that joins")]
    [DataRow(33, 16, 2, 0.0, "16 17", DisplayName = "up to a last row that joins")]
    public void ALimitCutsTheEpoch(int rows, int batchSize, int batches, double fraction, string sizes)
    {
        var recorder = new BatchRecorder(Input);
        Own(Fit(rows, new() { BatchSize = batchSize, LimitTrainBatches = fraction > 0 ? BatchLimit.Fraction(fraction) : batches, Callbacks = { recorder } }));
        int[] actual = [.. recorder[Input].Select(batch => batch.Length)];
        Assert.AreEqual(sizes, batchSize == 1 ? $"{actual.Length}" : string.Join(' ', actual));
    }

    [TestMethod]
    public void ALimitedEpochSeesTheFirstBatchesOfTheWholeOne()
    {
        (BatchRecorder whole, BatchRecorder limited) = (new(Input), new(Input));
        Own(Fit(50, new() { BatchSize = 16, MaxEpochs = 2, Callbacks = { whole } }));
        Own(Fit(50, new() { BatchSize = 16, MaxEpochs = 2, LimitTrainBatches = 2, Callbacks = { limited } }));
        for (int i = 0; i < 4; i++)
            CollectionAssert.AreEqual(whole[Input][i < 2 ? i : i + 2], limited[Input][i], $"batch {i}");
    }

    [TestMethod]
    public void SchedulesAndAccumulationTakeALimitedEpochForAWholeOne()
    {
        var rates = new StepRecorder();
        Own(Fit(50, new() { BatchSize = 10, MaxEpochs = 2, LimitTrainBatches = 4, Optimizer = Optimizers.SGD(8e-9), LearningRateScheduler = Schedules.Polynomial(), Callbacks = { rates } }));
        // A straight line to 0 over two epochs of four batches.
        for (int i = 0; i < 8; i++)
            Assert.AreEqual(8 - i, rates.Rates[i] / 1e-9, 1e-9, $"batch {i}");
        var steps = new StepRecorder();
        Own(Fit(50, new() { BatchSize = 10, MaxEpochs = 2, LimitTrainBatches = 4, AccumulateBatches = 3, Callbacks = { steps } }));
        CollectionAssert.AreEqual(new long[] { 0, 0, 1, 2, 2, 2, 3, 4 }, steps.Steps);
    }

    [TestMethod]
    [DataRow(2, 0.0, 12)]
    [DataRow(99, 0.0, 20)]
    [DataRow(0, 0.5, 12)]
    public void ALimitCutsValidation(int batches, double fraction, int rows)
    {
        FuseTrainer.TrainingOptions options = new() { BatchSize = 6, ValidationFraction = 0.5, LimitValidationBatches = fraction > 0 ? BatchLimit.Fraction(fraction) : batches };
        RecordingNetwork.Inputs.Clear();
        Own(Fit(40, options));
        Assert.HasCount(rows, Rows(training: false));
        Assert.HasCount(20, Rows(training: true));
    }

    [TestMethod]
    public void ALimitedRunResumesWithinAnEpoch()
    {
        FuseTrainer.TrainingOptions Options(string folder) => new()
        {
            BatchSize = 10,
            MaxEpochs = 3,
            LimitTrainBatches = 3,
            ModelDirectory = Path.Combine(Folder, folder),
            Optimizer = Optimizers.Adam(0.01),
            LearningRateScheduler = Schedules.Cosine(),
        };

        FuseTransformer whole = Own(Fit(50, Options("whole")));
        using var source = new CancellationTokenSource();
        FuseTrainer.TrainingOptions interrupted = Options("parts");
        interrupted.CancellationToken = source.Token;
        interrupted.Callbacks.Add(new CancelAt(source.Cancel, step: 5));
        Assert.AreEqual(StopReason.Cancelled, Own(Fit(50, interrupted)).StopReason);
        FuseTrainer.TrainingOptions resumed = Options("parts");
        resumed.ResumeFrom = "last";
        FuseTransformer parts = Own(Fit(50, resumed));
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
    }

    [TestMethod]
    [DataRow("nothing")]
    [DataRow("a fraction")]
    [DataRow("a view")]
    [DataRow("a sampler and limits")]
    public void OverfittingTrainsAndValidatesOnTheSameFirstRows(string other)
    {
        FuseTrainer.TrainingOptions options = new() { BatchSize = 8, MaxEpochs = 3, OverfitBatches = 2 };
        if (other == "a fraction")
            options.ValidationFraction = 0.5;
        if (other == "a sampler and limits")
            (options.Sampler, options.LimitTrainBatches, options.LimitValidationBatches) = (new() { BalancedClassKey = Input, NumBatches = 5 }, 1, 1);
        RecordingNetwork.Inputs.Clear();
        FuseTransformer transformer = Own(Fit(40, options, validate: other == "a view"));
        float[] trained = Rows(training: true);
        Assert.HasCount(3 * 16, trained);
        if (other != "a fraction")
            CollectionAssert.AreEqual(Enumerable.Range(0, 16).Select(id => (float)id).ToArray(), trained[..16]);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            CollectionAssert.AreEqual(trained[..16], trained[(epoch * 16)..((epoch + 1) * 16)]);
            CollectionAssert.AreEqual(trained[..16], Rows(training: false)[(epoch * 16)..((epoch + 1) * 16)]);
        }
        Assert.HasCount(3, transformer.History["validation.losses.total_loss"]);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AFastRunTriesEverythingOutAndWritesNothing(bool overfit)
    {
        string folder = Path.Combine(Folder, "run");
        var hooks = new HookRecorder();
        RecordingNetwork.Inputs.Clear();
        FuseTransformer transformer = Own(Fit(40, new()
        {
            FastDevRun = true,
            BatchSize = 8,
            MaxEpochs = 7,
            ValidationFraction = 0.5,
            ModelDirectory = folder,
            ResumeFrom = "last",
            OverfitBatches = overfit ? 3 : null,
            Callbacks = { hooks, new CsvLogger(), new ModelEpochSummary(), new TensorBoardLogger { Directory = folder }, new ModelCheckpoint { Directory = folder } },
        }));
        CollectionAssert.AreEqual(
            new[] { "fit start", "epoch start 0", "batch start 0", "backward", "step", "batch 1", "validation start", "validation batch", "validation end 1", "epoch end 1", "fit end Completed" },
            hooks.Calls, string.Join(", ", hooks.Calls));
        Assert.HasCount(8, Rows(training: true));
        Assert.HasCount(8, Rows(training: false));
        Assert.HasCount(1, transformer.History.Epochs);
        Assert.IsFalse(Directory.Exists(folder));
        if (overfit)
            CollectionAssert.AreEqual(Rows(training: true), Rows(training: false));
    }

    [TestMethod]
    public void NumbersOutOfRangeAreNamed()
    {
        foreach (Action wrong in new Action[] { () => BatchLimit.Of(0), () => BatchLimit.Fraction(0), () => BatchLimit.Fraction(1.5), () => BatchLimit.Fraction(double.NaN), () => _ = (BatchLimit)(-1) })
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(wrong);
        Assert.AreEqual("OverfitBatches", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Fit(4, new() { OverfitBatches = 0 })).ParamName);
        Assert.AreEqual("0.5 of the batches", BatchLimit.Fraction(0.5).ToString());
        Assert.AreEqual(BatchLimit.Of(3), 3);
    }

    private static FuseTransformer Fit(int rows, FuseTrainer.TrainingOptions options, bool validate = false)
    {
        var ml = new MLContext(seed: 1);
        options.MaxEpochs = options.MaxEpochs == 10 ? 1 : options.MaxEpochs;
        IDataView view = ml.Data.LoadFromEnumerable(Samples.Blobs(rows));
        FuseTrainer trainer = ml.Fuse().Train(Network.Of<RecordingNetwork>(), new TensorColumn("Id"), "Target", options: options);
        return validate ? trainer.Fit(view, ml.Data.LoadFromEnumerable(Samples.Blobs(5, seed: 2))) : trainer.Fit(view);
    }

    // The first forward pass only looks at the shapes.
    private static float[] Rows(bool training) =>
        [.. RecordingNetwork.Inputs.Skip(1).Where(input => input.IsTraining == training).SelectMany(input => input.Values).Select(value => (float)value)];

    private sealed class StepRecorder : Callback
    {
        public List<double> Rates { get; } = [];

        public List<long> Steps { get; } = [];

        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
        {
            Rates.Add(context.LearningRate);
            Steps.Add(context.GlobalStep);
        }
    }
}
