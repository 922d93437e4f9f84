using System.Reflection;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Tests when callbacks are called, and what they can do.</summary>
[TestClass]
public sealed class CallbackTests : LeakCheckedTest
{
    [TestMethod]
    public void HooksAreCalledInTheOrderOfTheRun()
    {
        var recorder = new HookRecorder();
        Run(new() { MaxEpochs = 2, Callbacks = { recorder } });
        Check(recorder.Calls,
            "fit start",
            "epoch start 0", "batch start 0", "backward", "step", "batch 1", "batch start 1", "backward", "step", "batch 2",
            "validation start", "validation batch", "validation batch", "validation end 1", "epoch end 1",
            "epoch start 1", "batch start 0", "backward", "step", "batch 3", "batch start 1", "backward", "step", "batch 4",
            "validation start", "validation batch", "validation batch", "validation end 2", "epoch end 2",
            "fit end Completed");
    }

    [TestMethod]
    public void WithoutValidationRowsThereAreNoHooksOfIt()
    {
        var recorder = new HookRecorder();
        Own(Learning.Classify(rows: 20, options: new() { MaxEpochs = 1, BatchSize = 16, AccumulateBatches = 2, Callbacks = { recorder } }));
        Check(recorder.Calls, "fit start", "epoch start 0", "batch start 0", "backward", "batch 0", "batch start 1", "backward", "step", "batch 1", "epoch end 1", "fit end Completed");
    }

    [TestMethod]
    public void BrokenOffValidationHasAnEndOfItsOwn()
    {
        using var source = new CancellationTokenSource();
        var recorder = new HookRecorder { Called = call => CancelAt(call, "validation batch", source) };
        Run(new() { MaxEpochs = 2, ModelDirectory = Folder, CancellationToken = source.Token, Callbacks = { recorder } });
        Check(recorder.Calls[^5..], "validation start", "validation batch", "validation interrupted 0", "save state", "fit end Cancelled");
    }

    [TestMethod]
    public void AnExceptionEndsTheRunInPlaceOfTheFitsEnd()
    {
        var recorder = new HookRecorder { Called = call => { if (call == "validation batch") throw new NotSupportedException(); } };
        Assert.ThrowsExactly<NotSupportedException>(() => Run(new() { MaxEpochs = 2, Callbacks = { recorder } }));
        Check(recorder.Calls[^4..], "validation start", "validation batch", "validation interrupted 0", "exception NotSupportedException");
    }

    [TestMethod]
    public void RecorderKnowsEveryHook()
    {
        string[] hooks = [.. typeof(Callback).GetMethods().Where(method => method.IsVirtual && method.DeclaringType == typeof(Callback)).Select(method => method.Name).Order()];
        string[] recorded = [.. typeof(HookRecorder).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.GetBaseDefinition().DeclaringType == typeof(Callback)).Select(method => method.Name).Order()];
        CollectionAssert.AreEqual(hooks, recorded);
    }

    [TestMethod]
    public void EachFitWorksOnItsOwnCopy()
    {
        var ml = new MLContext(seed: 1);
        var counter = new EpochCounter();
        FuseTrainer trainer = Learning.Classifier(ml, new() { MaxEpochs = 2, Callbacks = { counter } });
        IDataView rows = Samples.Keyed(ml, 20);
        Own(trainer.Fit(rows));
        Own(trainer.Fit(rows));
        Assert.AreEqual(0, counter.Epochs);
    }

    [TestMethod]
    public void ResumedRunStartsWithTheNextEpoch()
    {
        FuseTrainer.TrainingOptions Options(HookRecorder recorder) => new() { MaxEpochs = 1, BatchSize = 32, ModelDirectory = Folder, Callbacks = { recorder } };
        Own(Learning.Classify(rows: 20, options: Options(new HookRecorder())));
        var recorder = new HookRecorder();
        FuseTrainer.TrainingOptions resumed = Options(recorder);
        resumed.MaxEpochs = 2;
        resumed.ResumeFrom = "last";
        Own(Learning.Classify(rows: 20, options: resumed));
        Check(recorder.Calls, "load state some", "fit start", "epoch start 1", "batch start 0", "backward", "step", "batch 2", "epoch end 2", "save state", "fit end Completed");
    }

    [TestMethod]
    public void NoCheckpointIsSavedDuringValidation()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Run(new() { Callbacks = { new SaverInValidation(Path.Combine(Folder, "x.ckpt")) } }));
        Assert.Contains("cannot be saved during validation", error.Message);
    }

    [TestMethod]
    public void MeansAndMaximaOfAnEpochAreLogged()
    {
        FuseTransformer model = Run(new() { MaxEpochs = 2, Callbacks = { new StepLogger() } });
        // The values of steps 1 and 2, then of 3 and 4.
        CollectionAssert.AreEqual(new[] { 1.5, 3.5 }, model.History["step.mean"].ToArray());
        CollectionAssert.AreEqual(new[] { -1.0, -3.0 }, model.History["step.maximum"].ToArray());
        CollectionAssert.AreEqual(new[] { double.NaN, double.NaN }, model.History["step.nothing"].ToArray());
    }

    [TestMethod]
    [DataRow("6 5 5 5 5 5", 3, 5, 1, DisplayName = "three epochs without a better value")]
    [DataRow("6 5 4 3 2 1", 3, 6, 5, DisplayName = "always better")]
    [DataRow("6 5 4.9 4.8 4.7 4.6", 2, 4, 1, DisplayName = "better by less than the minimum")]
    [DataRow("5 6 4 6 6 3", 2, 5, 2, DisplayName = "better in between")]
    [DataRow("5 NaN 4 3 2 1", 3, 2, 0, DisplayName = "not a number")]
    public void EarlyStoppingFollowsTheMonitor(string values, int patience, int epochs, int bestEpoch)
    {
        double[] sequence = [.. values.Split(' ').Select(value => double.Parse(value, System.Globalization.CultureInfo.InvariantCulture))];
        var monitor = new MetricMonitor("validation.losses.total_loss", MinDelta: 0.25);
        FuseTransformer model = Fit(sequence, new EarlyStopping(monitor, patience), monitor);
        Assert.HasCount(epochs, model.History.Epochs);
        Assert.AreEqual(epochs < sequence.Length ? StopReason.EarlyStopped : StopReason.Completed, model.StopReason);
        Assert.AreEqual(bestEpoch, model.BestEpoch);
    }

    [TestMethod]
    public void EarlyStoppingIgnoresNaNWhenAskedTo()
    {
        FuseTransformer model = Fit([double.NaN, 5, double.NaN, 4], new EarlyStopping(new("validation.losses.total_loss"), 2) { CheckFinite = false });
        Assert.HasCount(4, model.History.Epochs);
        Assert.AreEqual(3, model.BestEpoch);
    }

    [TestMethod]
    public void EarlyStoppingStopsAtAGoodEnoughValue()
    {
        FuseTransformer model = Fit([3, 2, 1, 0], new EarlyStopping(new("validation.losses.total_loss")) { StoppingThreshold = 2 });
        Assert.HasCount(2, model.History.Epochs);
    }

    [TestMethod]
    public void UnknownMonitorListsTheNames()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Fit([1, 1], new EarlyStopping(new("validation.losses.totl_loss"))));
        Assert.Contains("'validation.losses.total_loss'", error.Message);
    }

    private static void Check(IEnumerable<string> calls, params string[] expected) => Assert.AreEqual(string.Join(", ", expected), string.Join(", ", calls));

    private static void CancelAt(string call, string at, CancellationTokenSource source)
    {
        if (call == at)
            source.Cancel();
    }

    /// <summary>Trains and validates on 20 rows, in batches of 16 and 4.</summary>
    private FuseTransformer Run(FuseTrainer.TrainingOptions options)
    {
        options.BatchSize = 16;
        var ml = new MLContext(seed: 1);
        IDataView rows = Samples.Keyed(ml, 20);
        return Own(Learning.Classifier(ml, options).Fit(rows, rows));
    }

    private FuseTransformer Fit(double[] sequence, Callback callback, MetricMonitor? monitor = null)
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = Samples.Keyed(ml, 12);
        return Own(ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), loss: new SequenceLoss(sequence), options: new()
        {
            MaxEpochs = sequence.Length,
            BatchSize = 16,
            Callbacks = { callback },
            BestEpochSource = monitor is null ? [] : [monitor],
            // The training loss of this loss is always 0; only validation follows the sequence.
            OnDivergence = DivergencePolicy.Throw,
        }).Fit(rows, rows));
    }

    private sealed class EpochCounter : Callback
    {
        public int Epochs { get; private set; }

        public override void OnEpochEnd(TrainingContext context) => Epochs++;
    }

    private sealed class SaverInValidation(string path) : Callback
    {
        public override void OnValidationBatchEnd(TrainingContext context, BatchDict batch) => context.SaveCheckpoint(path);
    }

    private sealed class StepLogger : Callback
    {
        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
        {
            context.LogMean("step.mean", context.GlobalStep);
            context.LogMaximum("step.maximum", -context.GlobalStep);
            context.LogMaximum("step.nothing", context.BatchesDone == 1 ? double.NaN : 1);
        }
    }
}
