namespace Fuse.MLNet.Tests;

/// <summary>Cancels one of several processes: all stop at the same step, and leave what a cancellation of the first one leaves.</summary>
[TestClass]
public sealed class RankCancellationTests : RankRunTest
{
    private const int Size = 3;
    private const string Last = "last.ckpt";
    private const string Best = "best_epoch.ckpt";

    [TestMethod]
    [DataRow("token", "batch 10", 1, true)]
    [DataRow("token", "batch 10", 2, false)]
    [DataRow("token", "validation batch", 2, true)]
    [DataRow("context", "batch 10", 1, true)]
    [DataRow("context", "batch 10", 2, false)]
    [DataRow("context", "validation batch", 1, true)]
    [DataRow("context", "validation batch", 2, false)]
    [DataRow("context", "batch start 2", 2, true)]
    public void InAnyProcessItIsThatOfTheFirst(string how, string at, int rank, bool isStaged)
    {
        RankOutcome[] expected = Cancel(how, at, rank: 0, isStaged), actual = Cancel(how, at, rank, isStaged);
        for (int i = 0; i < Size; i++)
        {
            Assert.AreEqual(how == "token" ? StopReason.Cancelled : null, actual[i].Result?.StopReason);
            Assert.AreEqual(how == "token", actual[i].Error is null);
            if (how == "context")
                Assert.IsInstanceOfType<OperationCanceledException>(actual[i].Error);
            else
                CollectionAssert.AreEqual(expected[0].Result!.Weights, actual[i].Result!.Weights);
            Assert.AreEqual(expected[0].History, actual[i].History);
        }

        Assert.AreEqual(at == "batch 10", File.Exists(Where(0, Best)), "The first epoch is the best so far when the second is broken off.");
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(Where(0, Last))!, "*.ckpt").Select(Path.GetFileName)!)
            CollectionAssert.AreEqual(File.ReadAllBytes(Where(0, file)), File.ReadAllBytes(Where(rank, file)), file);
        Assert.HasCount(Directory.GetFiles(Path.GetDirectoryName(Where(0, Last))!).Length, Directory.GetFiles(Path.GetDirectoryName(Where(rank, Last))!));
    }

    [TestMethod]
    [DataRow("token")]
    [DataRow("context")]
    public void AValidationIsBrokenOff(string how)
    {
        foreach (RankOutcome outcome in Cancel(how, "validation batch", rank: 1, isStaged: true))
        {
            Assert.AreEqual(1, outcome.Calls.Count(call => call == "validation batch"), "The processes meet after the first batch of a validation.");
            Assert.Contains("validation interrupted 0", outcome.Calls);
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    public void ValidationsOfOtherLengthsEndTogether(int rank)
    {
        int[] counts = [60, 190, 120];
        RankRow[] Rows(int own) => RankCase.Data(300 + own)[..counts[own]];
        void Change(FuseTrainer.Options options, int _) => options.Sharding = ShardingMode.ByFile;
        RankOutcome[] whole = Fit(Size, Change, rows: Rows);
        Assert.IsTrue(whole.All(outcome => outcome.Result?.StopReason == StopReason.Completed), whole[0].Error?.Message);
        Assert.IsTrue(whole.All(outcome => outcome.History == whole[0].History));
        using var source = new CancellationTokenSource();
        RankOutcome[] cancelled = Fit(Size, (options, own) =>
        {
            Change(options, own);
            if (own == rank)
                options.CancellationToken = source.Token;
        }, (call, own, _) =>
        {
            if (own == rank && call == "validation batch")
                source.Cancel();
        }, Rows);
        foreach (RankOutcome outcome in cancelled)
        {
            Assert.AreEqual(StopReason.Cancelled, outcome.Result?.StopReason);
            Assert.IsEmpty(outcome.History!.Epochs);
        }
    }

    private RankOutcome[] Cancel(string how, string at, int rank, bool isStaged)
    {
        using var source = new CancellationTokenSource();
        return Fit(Size, (options, own) =>
        {
            options.ModelDirectory = Path.Combine(Folder, $"{rank}");
            if (!isStaged)
                (options.StagingBytes, options.ShuffleBufferRows) = (0, 50);
            if (own == rank)
                options.CancellationToken = source.Token;
        }, (call, own, cancelContext) =>
        {
            if (own != rank || call != at)
                return;
            if (how == "context")
                cancelContext();
            else
                source.Cancel();
        });
    }

    private string Where(int rank, string file) => Path.Combine(Folder, $"{rank}", file);
}
