using System.Text;

namespace Fuse.MLNet.Tests;

/// <summary>Resumes runs of several processes within an epoch: what is logged is what an uninterrupted run logs.</summary>
[TestClass]
public sealed class RankResumeTests : RankRunTest
{
    private const int LastBatch = -1;

    private string Saved => Path.Combine(Folder, "saved.ckpt");

    [TestMethod]
    [DataRow(1, 3)]
    [DataRow(1, LastBatch)]
    [DataRow(2, 3)]
    [DataRow(2, LastBatch)]
    [DataRow(3, 3)]
    [DataRow(3, 10)]
    [DataRow(3, LastBatch)]
    public void FromACheckpointOfAStep(int size, int step)
    {
        RankOutcome[] whole = Fit(size, (options, _) => options.Callbacks.Add(new SaveAt(step, Saved)));
        AreEqual(whole, Fit(size, (options, _) => options.ResumeFrom = Saved));
    }

    [TestMethod]
    [DataRow("batch 10", false)]
    [DataRow("batch 10", true)]
    [DataRow("validation batch", false)]
    [DataRow("validation batch", true)]
    public void FromTheCheckpointOfACancellation(string at, bool isOfContext)
    {
        RankOutcome[] whole = Fit(3);
        using var source = new CancellationTokenSource();
        RankOutcome[] cancelled = Fit(3, (options, rank) =>
        {
            (options.ModelDirectory, options.CancellationToken) = (Folder, rank == 1 ? source.Token : default);
            options.Callbacks.Add(new ModelCheckpoint { EverySteps = 3 });
        }, (call, rank, cancelContext) =>
        {
            if (rank == 1 && call == at && isOfContext)
                cancelContext();
            else if (rank == 1 && call == at)
                source.Cancel();
        });
        Assert.IsTrue(cancelled.All(outcome => outcome.Error is null != isOfContext));
        AreEqual(whole, Fit(3, (options, _) => (options.ModelDirectory, options.ResumeFrom) = (Folder, "last")));
    }

    [TestMethod]
    [DataRow(4, 2)]
    [DataRow(4, 1)]
    [DataRow(1, 2)]
    [DataRow(2, 4)]
    public void AnotherNumberCountsEachRowOnce(int before, int after)
    {
        // Of the rows alone, whatever the weights are.
        const string Labels = "train.metrics.label.mean";
        void Change(FuseTrainer.Options options, int _) => (options.TrainMetrics["label"], options.MaxEpochs) = (new MeanMetric("data.label"), 1);
        double expected = Fit(before, (options, rank) =>
        {
            Change(options, rank);
            options.Callbacks.Add(new SaveAt(4, Saved));
        })[0].History!.Epochs[0][Labels];
        foreach (RankOutcome outcome in Fit(after, (options, rank) =>
        {
            Change(options, rank);
            options.ResumeFrom = Saved;
        }))
            Assert.AreEqual(expected, outcome.History!.Epochs[0][Labels], 1e-12);
    }

    [TestMethod]
    public void OneThatHoldsTheFirstProcesssLogOnlySaysSo()
    {
        Fit(2, (options, _) => options.Callbacks.Add(new SaveAt(3, Saved)));
        // As files were before the logs of all were kept.
        Replace("meansOfOthers", "meansOfOtherz");
        RankOutcome resumed = Fit(2, (options, _) => options.ResumeFrom = Saved)[0];
        Assert.Contains("leave out what the others had", resumed.Messages);
        Assert.AreEqual(StopReason.Completed, resumed.Result?.StopReason);
    }

    [TestMethod]
    public void OneWithTheLogsOfOtherProcessesThanWroteItIsRefused()
    {
        Fit(2, (options, _) => options.Callbacks.Add(new SaveAt(3, Saved)));
        Replace("processes\\u0022:2", "processes\\u0022:3");
        Assert.Contains("which no run does", Fit(2, (options, _) => options.ResumeFrom = Saved)[0].Error?.Message ?? "");
    }

    [TestMethod]
    [DataRow("last")]
    [DataRow(null)]
    public void OnlyTheFirstProcessSeesTheFolderAndDecides(string? elsewhere)
    {
        RankOutcome[] Run(int epochs) => Fit(3, (options, rank) =>
        {
            options.MaxEpochs = epochs;
            options.ModelDirectory = Path.Combine(Folder, $"{rank}");
            options.ResumeFrom = rank == 0 ? "last" : elsewhere;
        });
        RankOutcome[] first = Run(2);
        Assert.Contains("a new run begins", first[0].Messages);
        RankOutcome[] second = Run(3);
        Assert.Contains("resumed from", second[0].Messages);
        Assert.IsFalse(Directory.Exists(Path.Combine(Folder, "1")), "The other processes write nothing.");
        AreEqual(Fit(3), second);
    }

    [TestMethod]
    public void AMetricThatTheFirstProcessMeasuresNoMoreIsNamed()
    {
        int[] counts = [30, 100, 80];
        void Change(FuseTrainer.Options options) => options.Sharding = ShardingMode.ByFile;
        RankRow[] Rows(int rank) => RankCase.Data(counts[rank]);
        RankOutcome[] whole = Fit(3, (options, _) =>
        {
            Change(options);
            options.Callbacks.Add(new SaveAt(5, Saved));
        }, rows: Rows);
        RankOutcome[] resumed = Fit(3, (options, _) =>
        {
            Change(options);
            options.ResumeFrom = Saved;
        }, rows: Rows);
        Assert.Contains("train.metrics.accuracy, train.metrics.auc: left out in this epoch", resumed[0].Messages);
        Assert.DoesNotContain(value => value.Name.StartsWith("train.metrics.", StringComparison.Ordinal), resumed[0].History!.Epochs[0].Values);
        foreach ((EpochRecord expected, EpochRecord actual) in whole[0].History!.Epochs.Zip(resumed[0].History!.Epochs))
            CollectionAssert.AreEqual(expected.Values.Where(value => actual.Epoch > 0 || !value.Name.StartsWith("train.metrics.", StringComparison.Ordinal)).ToArray(), actual.Values.ToArray());
    }

    private void Replace(string what, string by)
    {
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(Saved));
        Assert.Contains(what, text);
        File.WriteAllBytes(Saved, Encoding.Latin1.GetBytes(text.Replace(what, by, StringComparison.Ordinal)));
    }

    private static void AreEqual(RankOutcome[] whole, RankOutcome[] resumed)
    {
        foreach ((RankOutcome expected, RankOutcome actual) in whole.Zip(resumed))
        {
            Assert.AreEqual(string.Join('\n', expected.History!.Epochs), string.Join('\n', actual.History!.Epochs));
            Assert.AreEqual(expected.History, actual.History);
            CollectionAssert.AreEqual(expected.Result!.Weights, actual.Result!.Weights);
        }
    }

    /// <summary>Saves after a step of the run, or after the first epoch's last.</summary>
    private sealed class SaveAt(int step, string path) : Callback
    {
        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
        {
            if (step == LastBatch ? context.EpochsDone == 0 && context.EpochFraction >= 1 : context.GlobalStep == step)
                context.SaveCheckpoint(path);
        }
    }
}
