namespace Fuse.MLNet.Tests;

/// <summary>Trains in several processes over MPI; inconclusive where there is none.</summary>
[TestClass]
public sealed class MpiTests : LeakCheckedTest
{
    [TestMethod]
    public void TwoTrainAsOneDoesWithLargerBatches() => CompareWithOne(2, "sgd;adam;streamed;accumulated;sam;manual;batchnorm;lenet;lenet gradient");

    [TestMethod]
    [TestCategory("Nightly")]
    [DataRow(3)]
    [DataRow(4)]
    public void MoreTrainAsOneDoesWithLargerBatches(int size) => CompareWithOne(size, "sgd;adam;manual;batchnorm;lenet;lenet gradient");

    [TestMethod]
    public void TwoThatAreCancelledAndGoOnTrainAsOneDoes()
    {
        string output = CompareWithOne(2, "sgd;manual;batchnorm", " interrupted");
        foreach (int rank in (int[])[0, 1])
        {
            Assert.HasCount(2, output.Split($"rank {rank}: thrown"), output);
            Assert.HasCount(3, output.Split($"rank {rank}: returned {StopReason.Cancelled}"), output);
        }
    }

    [TestMethod]
    public void TheRuntimeKeepsItsSignals()
    {
        using MpiRun run = MpiRun.Start(2, Folder, "null");
        (int exit, string output) = run.End();
        Assert.AreEqual(0, exit, output);
        Assert.Contains("rank 0: caught", output);
        Assert.Contains("rank 1: caught", output);
    }

    [TestMethod]
    [DataRow("1", 2)]
    [DataRow("2", 1)]
    public void ASingleProcessorIsSpokenOf(string processors, int parts)
    {
        const string Variable = "DOTNET_PROCESSOR_COUNT";
        string? before = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, processors);
        try
        {
            using MpiRun run = MpiRun.Start(2, Folder, "log");
            (int exit, string output) = run.End();
            Assert.AreEqual(0, exit, output);
            Assert.HasCount(2, output.Split("rank 0: epoch 1/1"), output);
            Assert.HasCount(parts, output.Split("This process may use one processor"), output);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, before);
        }
    }

    /// <summary>Lets processes and one train each of the cases.</summary>
    private string CompareWithOne(int size, string names, string how = "")
    {
        using MpiRun run = MpiRun.Start(size, [Folder, .. names.Split(';').Select(name => name + how)]);
        (int exit, string output) = run.End();
        Assert.AreEqual(0, exit, output);
        foreach (string name in names.Split(';'))
        {
            using FuseTransformer alone = RankCase.Fit(name, TrainingStrategy.SingleProcess, RankCase.Get(name).Batch * size);
            RankComparison.AreClose(RankResult.Of(alone), [.. Enumerable.Range(0, size).Select(rank => RankResult.Load(Path.Combine(Folder, $"{name}{how}-{rank}.txt")))]);
        }

        return output;
    }
}
