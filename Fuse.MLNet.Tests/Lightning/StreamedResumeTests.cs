using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Resumes runs over streamed rows, which end with the bits of uninterrupted ones.</summary>
[TestClass]
public sealed class StreamedResumeTests : LeakCheckedTest
{
    // 60 training rows of 75, in batches of 16: four steps an epoch.
    private const int Rows = 75;

    public static IEnumerable<object[]> Cases() =>
        from isCounted in new[] { true, false }
        from steps in new[] { 1, 3, 4, 6, 8, 11 }
        from slots in new[] { 10, 1000 }
        select new object[] { isCounted, steps, slots };

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void AResumedRunEndsWithTheBitsOfTheUninterruptedOne(bool isCounted, int steps, int slots)
    {
        (FuseTransformer whole, _) = Fit(Options("whole", slots), isCounted);
        using var source = new CancellationTokenSource();
        FuseTrainer.TrainingOptions interrupted = Options("parts", slots);
        interrupted.CancellationToken = source.Token;
        interrupted.Callbacks.Add(new CancelAt(source.Cancel, steps));
        (FuseTransformer half, ProbeView first) = Fit(interrupted, isCounted);
        Assert.AreEqual(StopReason.Cancelled, half.StopReason);
        first.AssertNothingIsLeft();

        FuseTrainer.TrainingOptions resumed = Options("parts", slots);
        resumed.ResumeFrom = "last";
        (FuseTransformer parts, ProbeView second) = Fit(resumed, isCounted);
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
        CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(Folder, "whole", "last.ckpt")), File.ReadAllBytes(Path.Combine(Folder, "parts", "last.ckpt")));
        second.AssertNothingIsLeft();
    }

    [TestMethod]
    [DataRow(33, 1)]
    [DataRow(33, 2)]
    [DataRow(17, 1)]
    public void ALastRowAloneIsNotLostNorSeenTwice(int rows, int steps)
    {
        FuseTrainer.TrainingOptions Plain(string folder) => new()
        {
            BatchSize = 16,
            MaxEpochs = 2,
            StagingBytes = 0,
            ShuffleBufferRows = 5,
            ModelDirectory = Path.Combine(Folder, folder),
        };

        (FuseTransformer whole, _) = Fit(Plain("whole"), false, rows);
        using var source = new CancellationTokenSource();
        FuseTrainer.TrainingOptions interrupted = Plain("parts");
        interrupted.CancellationToken = source.Token;
        interrupted.Callbacks.Add(new CancelAt(source.Cancel, steps));
        Fit(interrupted, false, rows);
        FuseTrainer.TrainingOptions resumed = Plain("parts");
        resumed.ResumeFrom = "last";
        (FuseTransformer parts, _) = Fit(resumed, false, rows);
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
    }

    [TestMethod]
    [DataRow("staged to streamed")]
    [DataRow("streamed to staged")]
    [DataRow("another buffer")]
    public void AnotherOrderIsRefusedWithinAnEpochAndSaidAtItsEnd(string change)
    {
        (long? before, long? after) = change switch { "staged to streamed" => (null, 0), "streamed to staged" => (0L, null), _ => ((long?)0, (long?)0) };
        foreach (int steps in new[] { 2, 4 })
        {
            string folder = $"run {steps}";
            FuseTrainer.TrainingOptions interrupted = Options(folder, 10);
            (interrupted.StagingBytes, interrupted.MaxSteps) = (before, steps == 2 ? 2 : null);
            interrupted.MaxEpochs = 1;
            Fit(interrupted, true);
            FuseTrainer.TrainingOptions resumed = Options(folder, change == "another buffer" ? 11 : 10);
            (resumed.StagingBytes, resumed.ResumeFrom) = (after, "last");
            var ml = new MLContext(seed: 7);
            var log = new LogRecorder(ml);
            if (steps == 2)
            {
                InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Fit(resumed, true, ml: ml));
                Assert.Contains(after == 0 ? "this one streamed the training rows, shuffled among" : "this one kept the training rows in memory", error.Message);
                Assert.Contains("Set StagingBytes and ShuffleBufferRows as they were then", error.Message);
                continue;
            }
            Fit(resumed, true, ml: ml);
            Assert.Contains("the epochs have other orders than those of an uninterrupted run", log.Text);
        }
    }

    [TestMethod]
    public void AnotherNumberOfRowsIsRefusedWhenBothAreKnown()
    {
        FuseTrainer.TrainingOptions first = Options("run", 10);
        first.MaxEpochs = 1;
        Fit(first, true);
        FuseTrainer.TrainingOptions resumed = Options("run", 10);
        resumed.ResumeFrom = "last";
        Assert.Contains("was written with 60 training rows", Assert.ThrowsExactly<InvalidOperationException>(() => Fit(resumed, true, rows: 80)).Message);
    }

    private FuseTrainer.TrainingOptions Options(string folder, int slots) => new()
    {
        MaxEpochs = 3,
        BatchSize = 16,
        Optimizer = Optimizers.Adam(0.02),
        LearningRateScheduler = Schedules.Cosine(),
        ValidationFraction = 0.2,
        StagingBytes = 0,
        ShuffleBufferRows = slots,
        ModelDirectory = Path.Combine(Folder, folder),
    };

    private (FuseTransformer Model, ProbeView View) Fit(FuseTrainer.TrainingOptions options, bool isCounted, int rows = Rows, MLContext? ml = null)
    {
        ml ??= new MLContext(seed: 7);
        var view = new ProbeView(Samples.Keyed(ml, rows)) { RowCount = isCounted ? rows : null };
        return (Own(Learning.Classifier(ml, options, Network.Of<DropoutClassifier>()).Fit(view)), view);
    }
}
