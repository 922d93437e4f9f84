using System.Reflection;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Tests that a resumed run ends with the same bits as one that was never interrupted.</summary>
[TestClass]
public sealed class ResumeTests : LeakCheckedTest
{
    private const int Rows = 75;

    private static readonly Dictionary<string, OptimizerSpec> OptimizersByName = new()
    {
        ["sgd"] = Optimizers.SGD(0.05, momentum: 0.9),
        ["adam"] = Optimizers.Adam(0.02),
        ["adamw"] = Optimizers.AdamW(0.02),
        ["rmsprop"] = Optimizers.RMSProp(0.01),
    };

    public static IEnumerable<object[]> Cases() =>
        from optimizer in OptimizersByName.Keys
        from schedule in new[] { "cosine", "plateau", "warm-up" }
        from interruption in new[] { "within an epoch", "at an epoch's end" }
        select new object[] { optimizer, schedule, interruption };

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void ResumedRunEndsWithTheBitsOfTheUninterruptedOne(string optimizer, string schedule, string interruption)
    {
        FuseTransformer whole = Own(Fit(Options("whole", optimizer, schedule)));
        using var cancellation = new CancellationTokenSource();
        bool within = interruption == "within an epoch";
        FuseTrainer.TrainingOptions interrupted = Options("parts", optimizer, schedule);
        interrupted.CancellationToken = cancellation.Token;
        interrupted.Callbacks.Add(new CancelAt(cancellation.Cancel, step: within ? 9 : -1, epochs: within ? -1 : 2));
        Assert.AreEqual(StopReason.Cancelled, Own(Fit(interrupted)).StopReason);

        FuseTrainer.TrainingOptions resumed = Options("parts", optimizer, schedule);
        resumed.ResumeFrom = "last";
        // Another seed: the resumed run goes on with its own.
        FuseTransformer parts = Own(Fit(resumed, seed: 99));
        Assert.AreEqual(whole.History, parts.History);
        Assert.AreEqual(whole.BestEpoch, parts.BestEpoch);
        Assert.AreEqual(whole.Seed, parts.Seed);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
        foreach (string file in new[] { "last.ckpt", "best_epoch.ckpt" })
            CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(Folder, "whole", file)), File.ReadAllBytes(Path.Combine(Folder, "parts", file)), file);
    }

    [TestMethod]
    [DataRow("batchSize\\u0022:16", "batchSize\\u0022:-1", "which no run does")]
    [DataRow("epoch\\u0022:4", "epoch\\u0022:x", "is not valid")]
    [DataRow("data_offsets", "data_offsetz", "is not a valid safetensors file")]
    public void DamagedCheckpointIsNamed(string what, string by, string expected)
    {
        Own(Fit(Options("whole", "adam", "cosine")));
        string path = Path.Combine(Folder, "whole", "last.ckpt");
        string text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(path));
        Assert.Contains(what, text);
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes(text.Replace(what, by, StringComparison.Ordinal)));
        FuseTrainer.TrainingOptions resumed = Options("whole", "adam", "cosine");
        resumed.ResumeFrom = "last";
        string message = Assert.Throws<InvalidDataException>(() => Fit(resumed)).Message;
        Assert.Contains(path, message);
        Assert.Contains(expected, message);
    }

    [TestMethod]
    public void CancelledContextLeavesACheckpointToResumeFrom()
    {
        FuseTransformer whole = Own(Fit(Options("whole", "adam", "cosine")));
        var ml = new MLContext(seed: 7);
        FuseTrainer.TrainingOptions interrupted = Options("parts", "adam", "cosine");
        MethodInfo cancel = typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!;
        interrupted.Callbacks.Add(new CancelAt(() => cancel.Invoke(ml, null), step: 6));
        Assert.Throws<OperationCanceledException>(() => Fit(interrupted, ml: ml));

        FuseTrainer.TrainingOptions resumed = Options("parts", "adam", "cosine");
        resumed.ResumeFrom = Path.Combine(Folder, "parts", "last.ckpt");
        FuseTransformer parts = Own(Fit(resumed));
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
    }

    [TestMethod]
    public void AccumulatingRunResumesAtAStep()
    {
        FuseTrainer.TrainingOptions Accumulating(string folder)
        {
            FuseTrainer.TrainingOptions options = Options(folder, "adam", "cosine");
            options.AccumulateBatches = 2;
            return options;
        }

        FuseTransformer whole = Own(Fit(Accumulating("whole")));
        using var cancellation = new CancellationTokenSource();
        FuseTrainer.TrainingOptions interrupted = Accumulating("parts");
        interrupted.CancellationToken = cancellation.Token;
        interrupted.Callbacks.Add(new CancelAt(cancellation.Cancel, step: 4));
        Own(Fit(interrupted));
        FuseTrainer.TrainingOptions resumed = Accumulating("parts");
        resumed.ResumeFrom = "last";
        FuseTransformer parts = Own(Fit(resumed));
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
    }

    [TestMethod]
    public void FinishedRunHasItsFilesAndNoOther()
    {
        Own(Fit(Options("run", "adam", "cosine")));
        CollectionAssert.AreEquivalent(new[] { "best_epoch.ckpt", "epoch_summary_validation.losses.total_loss.txt", "last.ckpt" }, Directory.GetFiles(Path.Combine(Folder, "run")).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    [DataRow("missing", "There is no checkpoint")]
    [DataRow("text", "not a valid safetensors file")]
    [DataRow("truncated", "not a valid safetensors file")]
    [DataRow("weights", "not a checkpoint")]
    [DataRow("batch size", "batches of 16")]
    [DataRow("network", "do not fit the network")]
    [DataRow("optimizer", "this optimizer needs momentum_buffer")]
    public void CheckpointThatDoesNotFitIsNamed(string fault, string expected)
    {
        Own(Fit(Options("run", "adam", "cosine")));
        string path = Path.Combine(Folder, "run", "last.ckpt");
        FuseTrainer.TrainingOptions options = Options("run", fault == "optimizer" ? "sgd" : "adam", "cosine");
        options.ResumeFrom = path;
        switch (fault)
        {
            case "missing":
                options.ResumeFrom = Path.Combine(Folder, "nowhere.ckpt");
                break;
            case "text":
                File.WriteAllText(path, "this is no checkpoint, but it is long enough to be one");
                break;
            case "truncated":
                File.WriteAllBytes(path, File.ReadAllBytes(path)[..^9]);
                break;
            case "weights":
                using (FileStream stream = File.Create(path))
                using (Tensor value = ones(2))
                    SafetensorsWriter.Write(stream, [new("a", value)]);
                break;
            case "batch size":
                options.BatchSize = 15;
                break;
        }
        Exception error = Assert.Throws<Exception>(() => Own(Fit(options, network: fault == "network" ? Network.Of<TinyClassifier>() : null)));
        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    public void ResumingByNameNeedsAFolder()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Fit(new() { ResumeFrom = "last" }));
        Assert.Contains("ModelDirectory", error.Message);
    }

    private FuseTrainer.TrainingOptions Options(string folder, string optimizer, string schedule) => new()
    {
        MaxEpochs = 4,
        BatchSize = 16,
        Optimizer = OptimizersByName[optimizer],
        LearningRateScheduler = schedule switch
        {
            "cosine" => Schedules.Cosine(),
            "plateau" => Schedules.ReduceOnPlateau("validation.losses.total_loss", factor: 0.5, patience: 0, minDelta: 0.5),
            _ => Schedules.WarmUp(6, Schedules.OneCycle()),
        },
        ValidationFraction = 0.2,
        ModelDirectory = Path.Combine(Folder, folder),
    };

    private static FuseTransformer Fit(FuseTrainer.TrainingOptions options, int seed = 7, MLContext? ml = null, Network? network = null)
    {
        ml ??= new MLContext(seed);
        return Learning.Classifier(ml, options, network ?? Network.Of<DropoutClassifier>()).Fit(Samples.Keyed(ml, Rows));
    }
}
