using System.Reflection;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Interrupts runs at awkward moments; what goes on must be what was interrupted.</summary>
[TestClass]
public sealed class InterruptedRunTests : LeakCheckedTest
{
    private static readonly MethodInfo CancelExecution = typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!;
    private readonly MLContext _ml = new(seed: 7);

    [TestMethod]
    [DataRow("token", "validation batch")]
    [DataRow("context", "validation batch")]
    [DataRow("token", "batch start 2")]
    [DataRow("context", "fit start")]
    public void ResumedHistoryIsThatOfTheWholeRun(string how, string at)
    {
        IDataView rows = Samples.Keyed(_ml, 30), validation = Samples.Keyed(_ml, 20, seed: 2);
        FuseTransformer whole = Own(_ml.Fuse().Train(Options("whole")).Fit(rows, validation));
        var interrupted = new MLContext(seed: 7);
        using var cancellation = new CancellationTokenSource();
        FuseTrainer.Options first = Options("parts");
        first.CancellationToken = cancellation.Token;
        first.Callbacks.Add(new HookRecorder
        {
            Called = call =>
            {
                if (call == at && how == "token")
                    cancellation.Cancel();
                else if (call == at)
                    CancelExecution.Invoke(interrupted, null);
            },
        });
        if (how == "token")
            Own(interrupted.Fuse().Train(first).Fit(rows, validation));
        else
            Assert.Throws<OperationCanceledException>(() => interrupted.Fuse().Train(first).Fit(rows, validation));
        FuseTrainer.Options resumed = Options("parts");
        resumed.ResumeFrom = "last";
        FuseTransformer parts = Own(_ml.Fuse().Train(resumed).Fit(rows, validation));
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
    }

    [TestMethod]
    public void RunThatIsCancelledBeforeItsFirstBatchAgainLosesNothing()
    {
        IDataView rows = Samples.Keyed(_ml, 30);
        FuseTransformer whole = Own(_ml.Fuse().Train(Options("whole")).Fit(rows));
        FuseTrainer.Options first = Options("parts");
        first.MaxSteps = 6;
        Own(_ml.Fuse().Train(first).Fit(rows));
        using var cancellation = new CancellationTokenSource();
        FuseTrainer.Options second = Options("parts");
        (second.ResumeFrom, second.CancellationToken) = ("last", cancellation.Token);
        second.Callbacks.Add(new HookRecorder { Called = _ => cancellation.Cancel() });
        Own(_ml.Fuse().Train(second).Fit(rows));
        FuseTrainer.Options resumed = Options("parts");
        resumed.ResumeFrom = "last";
        Assert.AreEqual(whole.History, Own(_ml.Fuse().Train(resumed).Fit(rows)).History);
    }

    [TestMethod]
    public void CallbackThatCancelsWithinAStepIsToldApart()
    {
        var recorder = new HookRecorder();
        FuseTrainer.TrainingOptions options = new()
        {
            MaxEpochs = 1,
            BatchSize = 8,
            AccumulateBatches = 3,
            ModelDirectory = Folder,
            Callbacks = { new HookRecorder { Called = call => Cancel(call == "batch start 1") }, recorder },
        };
        Assert.Throws<OperationCanceledException>(() => Learning.Classify(options: options));
        Assert.IsTrue(recorder.Calls[^1].StartsWith("exception", StringComparison.Ordinal), recorder.Calls[^1]);
        Assert.IsFalse(File.Exists(Path.Combine(Folder, "last.ckpt")), "A step half done is not saved.");
    }

    [TestMethod]
    [DataRow("backward", true)]
    [DataRow("step", true)]
    [DataRow("batch 3", false)]
    public void CheckpointOfAHookHoldsWhatAllCallbacksMadeOfTheBatch(string at, bool isRefused)
    {
        IDataView rows = Samples.Keyed(_ml, 30);
        string path = Path.Combine(Folder, "mid.ckpt");
        FuseTrainer.Options saving = Options(null);
        saving.Callbacks.Insert(0, new SaveAt(at, path));
        if (isRefused)
        {
            Assert.Contains("in the middle of a training step", Assert.Throws<InvalidOperationException>(() => _ml.Fuse().Train(saving).Fit(rows)).Message);
            return;
        }

        FuseTransformer whole = Own(_ml.Fuse().Train(saving).Fit(rows));
        FuseTrainer.Options resumed = Options(null);
        resumed.ResumeFrom = path;
        FuseTransformer parts = Own(_ml.Fuse().Train(resumed).Fit(rows));
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
    }

    private static void Cancel(bool isNow)
    {
        if (isNow)
            throw new OperationCanceledException();
    }

    private FuseTrainer.Options Options(string? folder) => new()
    {
        Columns = { ["data.input"] = new("Features"), ["data.label"] = new("Label") },
        Model = new ModelWrapSeqToDict { Model = Network.Of<DropoutClassifier>(), Inputs = ["data.input"], Outputs = ["model.logits.cls"] },
        Losses = { ["cls_loss"] = new LossCrossEntropy { Pred = "model.logits.cls" } },
        TrainMetrics = { ["label"] = new MeanMetric("data.label") },
        ValidationMetrics = { ["accuracy"] = new MetricAccuracy("model.logits.cls", "data.label") },
        Callbacks = { new ExponentialMovingAverage(0.9) },
        MaxEpochs = 3,
        BatchSize = 8,
        ModelDirectory = folder is null ? null : Path.Combine(Folder, folder),
    };

    private sealed class SaveAt(string at, string path) : Callback
    {
        public override void OnBeforeBackward(TrainingContext context, Tensor loss) => Save(context, "backward");

        public override void OnBeforeOptimizerStep(TrainingContext context) => Save(context, "step");

        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => Save(context, $"batch {context.GlobalStep}");

        private void Save(TrainingContext context, string now)
        {
            if (now == at)
                context.SaveCheckpoint(path);
        }
    }
}
