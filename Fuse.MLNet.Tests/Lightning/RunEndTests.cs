using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Tests how runs end by their options, and how they go on with others.</summary>
[TestClass]
public sealed class RunEndTests : LeakCheckedTest
{
    [TestMethod]
    [DataRow(8L, 2)]
    [DataRow(4L, 1)]
    [DataRow(6L, 1)]
    public void MaxStepsKeepsTheEpochThatItEndsOn(long steps, int epochs)
    {
        FuseTransformer model = Run(new() { MaxSteps = steps, MaxEpochs = 5 });
        Assert.HasCount(epochs, model.History.Epochs);
        Assert.AreEqual(StopReason.Completed, model.StopReason);
        Assert.IsTrue(File.Exists(Path.Combine(Folder, "last.ckpt")));
    }

    [TestMethod]
    public void RunThatEndsWithinAnEpochGoesOnThere()
    {
        Run(new() { MaxSteps = 6, MaxEpochs = 3 });
        FuseTransformer resumed = Run(new() { MaxEpochs = 3, ResumeFrom = "last" });
        Directory.Delete(Folder, recursive: true);
        FuseTransformer whole = Run(new() { MaxEpochs = 3 });
        Assert.AreEqual(whole.History, resumed.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(resumed.Network));
    }

    [TestMethod]
    [DataRow(StopReason.Completed, 3, "epoch 3/3")]
    [DataRow(StopReason.EarlyStopped, 2, "training stops: enough")]
    [DataRow(StopReason.Cancelled, 2, "cancelled in epoch 3, step 8")]
    [DataRow(StopReason.Diverged, 2, "The loss 'loss' was NaN in epoch 3, step 8")]
    public void EachEndLeavesAUsableModelAndSaysWhy(StopReason reason, int epochs, string message)
    {
        using var cancellation = new CancellationTokenSource();
        var ml = new MLContext(seed: 1);
        var log = new LogRecorder(ml);
        FuseTransformer model = Run(new()
        {
            MaxEpochs = 3,
            CancellationToken = cancellation.Token,
            Callbacks =
            {
                reason switch
                {
                    StopReason.EarlyStopped => new Ending(context => context.Stop("enough")),
                    StopReason.Cancelled => new CancelAt(cancellation.Cancel, epochs: 2),
                    StopReason.Diverged => new Ending(_ => { }, isPoison: true),
                    _ => new CancelAt(() => { }),
                },
            },
        }, ml);
        Assert.AreEqual(reason, model.StopReason);
        Assert.HasCount(epochs, model.History.Epochs);
        Assert.Contains(message, log.Text);
        IDataView rows = Samples.Keyed(ml, 12);
        Assert.IsTrue(Learning.Scores(model.Transform(rows)).SelectMany(row => row).All(float.IsFinite));
        string path = Path.Combine(Folder, "model.zip");
        ml.Model.Save(model, rows.Schema, path);
        var loaded = (FuseTransformer)Own(ml.Model.Load(path, out _));
        Assert.AreEqual(reason, loaded.StopReason);
        Learning.AreEqual(Learning.Scores(model.Transform(rows)), Learning.Scores(loaded.Transform(rows)));
    }

    [TestMethod]
    public void WeightsThatAreNotFiniteAreNoCompletedRun()
    {
        var ml = new MLContext(seed: 1);
        FuseTrainer trainer = ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Features"), "Target",
            options: new() { MaxEpochs = 1, BatchSize = 100, Optimizer = Optimizers.SGD(3e38) });
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Own(trainer.Fit(Samples.Keyed(ml, 60))));
        Assert.Contains("A weight of the network is not finite", error.Message);
    }

    [TestMethod]
    public void StoppedRunStaysStoppedWhenResumed()
    {
        FuseTrainer.TrainingOptions Options() => new()
        {
            MaxEpochs = 9,
            Callbacks = { new EarlyStopping(new("validation.losses.total_loss", MinDelta: 100), patience: 2) },
        };
        FuseTransformer stopped = Run(Options());
        Assert.AreEqual(StopReason.EarlyStopped, stopped.StopReason);
        FuseTrainer.TrainingOptions again = Options();
        again.ResumeFrom = "last";
        FuseTransformer resumed = Run(again);
        Assert.AreEqual(stopped.History, resumed.History);
        Assert.AreEqual(StopReason.EarlyStopped, resumed.StopReason);
    }

    [TestMethod]
    public void ResumingWithAnotherMonitorLooksForItsBestEpochAnew()
    {
        Run(new() { MaxEpochs = 2 });
        var ml = new MLContext(seed: 1);
        var log = new LogRecorder(ml);
        FuseTransformer model = Run(new() { MaxEpochs = 3, ResumeFrom = "last", BestEpochSource = [new("train.losses.total_loss")] }, ml);
        Assert.Contains("looks for its best epoch anew", log.Text);
        // The checkpoint has no weights of the epochs before it by this monitor.
        Assert.AreEqual(2, model.BestEpoch);
    }

    [TestMethod]
    public void ResumingWithAnotherRateUsesIt()
    {
        Run(new() { MaxEpochs = 1, Optimizer = Optimizers.Adam(0.001) });
        double seen = 0;
        Run(new() { MaxEpochs = 2, Optimizer = Optimizers.Adam(0.5), ResumeFrom = "last", Callbacks = { new RateReader(rate => seen = rate) } });
        Assert.AreEqual(0.5, seen);
    }

    private FuseTransformer Run(FuseTrainer.TrainingOptions options, MLContext? ml = null)
    {
        options.BatchSize = 10;
        options.ModelDirectory = Folder;
        options.ValidationFraction = 0.2;
        ml ??= new MLContext(seed: 1);
        return Own(Learning.Classifier(ml, options, Network.Of<DropoutClassifier>()).Fit(Samples.Keyed(ml, 50)));
    }

    /// <summary>Does something after the second epoch, or makes the third epoch's first batch not a number.</summary>
    private sealed class Ending(Action<TrainingContext> end, bool isPoison = false) : Callback
    {
        public override void OnTrainBatchStart(TrainingContext context, BatchDict batch)
        {
            if (isPoison && context.EpochsDone == 2)
                batch[BatchKeys.Input].fill_(double.NaN);
        }

        public override void OnEpochEnd(TrainingContext context)
        {
            if (context.EpochsDone == 2)
                end(context);
        }
    }

    private sealed class RateReader(Action<double> read) : Callback
    {
        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => read(context.LearningRate);
    }
}
