namespace Fuse.MLNet.Tests;

/// <summary>Trains in several processes over MPI; inconclusive where there is none.</summary>
[TestClass]
public sealed class MpiTests : LeakCheckedTest
{
    [TestMethod]
    [DataRow(2, "sgd;adam;streamed;accumulated;sam;manual;batchnorm;lenet;lenet gradient")]
    [DataRow(3, "sgd;adam;batchnorm;lenet;lenet gradient")]
    [DataRow(4, "sgd;adam;batchnorm;lenet;lenet gradient")]
    public void ProcessesTrainAsOneDoesWithLargerBatches(int size, string names)
    {
        using MpiRun run = MpiRun.Start(size, [Folder, .. names.Split(';')]);
        (int exit, string output) = run.End();
        Assert.AreEqual(0, exit, output);
        foreach (string name in names.Split(';'))
        {
            using FuseTransformer alone = RankCase.Fit(name, TrainingStrategy.SingleProcess, RankCase.Get(name).Batch * size);
            RankComparison.AreClose(RankResult.Of(alone), [.. Enumerable.Range(0, size).Select(rank => RankResult.Load(Path.Combine(Folder, $"{name}-{rank}.txt")))]);
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
}
