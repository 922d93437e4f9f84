using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Trains in several threads that are joined as processes are.</summary>
[TestClass]
public sealed class RanksTests : LeakCheckedTest
{
    [TestMethod]
    [DataRow("sgd", 2)]
    [DataRow("sgd", 3)]
    [DataRow("sgd", 4)]
    [DataRow("adam", 2)]
    [DataRow("adam", 3)]
    [DataRow("adam", 4)]
    [DataRow("one row left", 2)]
    [DataRow("one row left", 3)]
    [DataRow("streamed", 2)]
    [DataRow("streamed", 3)]
    [DataRow("clipped", 2)]
    [DataRow("accumulated", 2)]
    [DataRow("sam", 2)]
    [DataRow("balanced", 3)]
    public void SeveralTrainAsOneDoesWithLargerBatches(string name, int size)
    {
        RankCase each = RankCase.Get(name);
        using FuseTransformer alone = RankCase.Fit(name, TrainingStrategy.SingleProcess, each.Batch * size);
        RankResult[] results = Train(size, (strategy, _) => RankCase.Fit(name, strategy, each.Batch));
        RankComparison.AreClose(RankResult.Of(alone), results);
    }

    [TestMethod]
    public void EachDrawsItsOwnDropout()
    {
        // With dropout of nearly everything, equal masks would make equal rows of two processes cancel to the same loss.
        var losses = new double[2];
        Train(2, (strategy, rank) =>
        {
            var ml = new MLContext(seed: 1);
            IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Repeat(RankCase.Data(1)[0], 8));
            FuseTransformer model = ml.Fuse().Train(Network.Of<DropoutOfSix>(), new TensorColumn("Features"), "Label", Loss.CrossEntropy(),
                new() { MaxEpochs = 1, BatchSize = 4, Strategy = strategy, Callbacks = { new BatchValue(value => losses[rank] = value) } }).Fit(rows);
            return model;
        });
        Assert.AreNotEqual(losses[0], losses[1]);
    }

    [TestMethod]
    public void OwnRowsAreAllReadAndAveragedByTheirNumbers()
    {
        int[] counts = [29, 50, 11];
        const int Batch = 8;
        const double Rate = 0.1;
        RankRow[][] rows = [.. counts.Select((count, rank) => RankCase.Data(200 + count)[..count])];
        RankResult[] results = Train(3, (strategy, rank) =>
        {
            var ml = new MLContext(seed: 9);
            return ml.Fuse().Train(Network.Of<TinyClassifier>(6, 3), new TensorColumn("Features"), "Label", Loss.CrossEntropy(),
                new() { MaxEpochs = 2, BatchSize = Batch, Optimizer = Optimizers.SGD(Rate), Strategy = strategy, Sharding = ShardingMode.ByFile }).Fit(ml.Data.LoadFromEnumerable(rows[rank]));
        });

        // By hand: each step takes the next batch of every process that has one, in the process's own order.
        using var scope = NewDisposeScope();
        manual_seed(TrainingSeeds.ForInitialization(9));
        using var network = new TinyClassifier(6, 3);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            int[][] orders = [.. counts.Select((count, rank) => TrainingSeeds.Permutation(count, TrainingSeeds.ForRank(9, rank), epoch))];
            int steps = counts.Max(count => (count + Batch - 1) / Batch);
            for (int step = 0; step < steps; step++)
            {
                RankRow[] batch = [.. orders.SelectMany((order, rank) => order.Skip(step * Batch).Take(Batch).Select(row => rows[rank][row]))];
                network.zero_grad();
                nn.functional.cross_entropy(network.call(tensor(batch.SelectMany(row => row.Features).ToArray()).reshape(-1, 6)), tensor(batch.Select(row => (long)row.Label).ToArray())).backward();
                using var noGrad = no_grad();
                foreach (TorchSharp.Modules.Parameter parameter in network.parameters())
                    parameter.sub_(parameter.grad! * Rate);
            }
        }

        double[] expected = [.. network.state_dict().SelectMany(entry => entry.Value.data<float>().ToArray()).Select(value => (double)value)];
        foreach (RankResult result in results)
            RankComparison.AreClose(expected, result.Weights, "weights");
    }

    [TestMethod]
    public void ScoresAreWrittenInParts()
    {
        string path = Path.Combine(Folder, "scores.csv");
        FuseTransformer model = Own(Learning.Classify());
        string[] files = new string[3];
        ThreadGroup[] groups = ThreadGroup.Of(3);
        OnOtherThreads([.. groups.Select((group, rank) => (Action)(() =>
        {
            var ml = new MLContext();
            files[rank] = ml.Fuse().ScoreToFiles(model, Samples.Keyed(ml, 20), path, ["Features", "Score"], TrainingStrategy.Of(group));
        }))]);
        var whole = new MLContext();
        string alone = whole.Fuse().ScoreToFiles(model, Samples.Keyed(whole, 20), Path.Combine(Folder, "whole.csv"), ["Features", "Score"]);
        CollectionAssert.AreEqual((string[])["scores-00000-of-00003.csv", "scores-00001-of-00003.csv", "scores-00002-of-00003.csv"], files.Select(Path.GetFileName).ToArray());
        CollectionAssert.AreEqual(File.ReadAllLines(alone)[1..], files.SelectMany(file => File.ReadAllLines(file)[1..]).ToArray());
        Assert.HasCount(4, Directory.GetFiles(Folder));
    }

    /// <summary>Trains in threads of their own.</summary>
    private static RankResult[] Train(int size, Func<TrainingStrategy, int, FuseTransformer> fit)
    {
        var results = new RankResult[size];
        OnOtherThreads([.. ThreadGroup.Of(size).Select(group => (Action)(() =>
        {
            using FuseTransformer model = fit(TrainingStrategy.Of(group), group.Rank);
            results[group.Rank] = RankResult.Of(model);
        }))]);
        return results;
    }

    private sealed class BatchValue(Action<double> take) : Callback
    {
        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => take(context.StepValues.Values.First());
    }
}
