using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Lets one of several processes fail, stop or differ: none of the others may wait for ever.</summary>
[TestClass]
public sealed class RankFailureTests : LeakCheckedTest
{
    private const int Size = 3;

    [TestMethod]
    [DataRow(nameof(Callback.OnFitStart))]
    [DataRow(nameof(Callback.OnEpochStart))]
    [DataRow(nameof(Callback.OnTrainBatchStart))]
    [DataRow(nameof(Callback.OnBeforeBackward))]
    [DataRow(nameof(Callback.OnTrainBatchEnd))]
    [DataRow(nameof(Callback.OnValidationBatchEnd))]
    [DataRow(nameof(Callback.OnEpochEnd))]
    [DataRow(nameof(Callback.OnFitEnd))]
    public void AnErrorInOneEndsAllAndIsToldToThem(string hook)
    {
        string[] messages = Fail((options, rank) =>
        {
            if (rank == 1)
                options.Callbacks.Add(new FailingHook(hook));
        });
        Assert.Contains("wanted by the test", messages[1]);
        foreach (int other in (int[])[0, 2])
        {
            Assert.Contains("failed in another, process 1 of 3:", messages[other]);
            Assert.Contains("wanted by the test", messages[other]);
        }
    }

    [TestMethod]
    public void AnErrorBeforeTrainingEndsAll()
    {
        string[] messages = Fail((options, rank) => options.Device = rank == 2 ? FuseDevice.Cuda(63) : FuseDevice.Cpu);
        Assert.Contains("process 2 of 3:", messages[0]);
        Assert.Contains("process 2 of 3:", messages[1]);
    }

    [TestMethod]
    public void OtherOptionsAreSeenBeforeTheFirstStep()
    {
        foreach (string message in Fail((options, rank) => options.MaxEpochs = rank == 0 ? 2 : 3))
            Assert.Contains("not given the same network, options and rows", message);
    }

    [TestMethod]
    public void OtherKeysAreSeenBeforeTheFirstStep()
    {
        string[] messages = new string[Size];
        OnOtherThreads([.. ThreadGroup.Of(Size).Select(group => (Action)(() =>
        {
            var ml = new MLContext(seed: 1);
            // The rows of one process begin with another class.
            IDataView rows = Samples.Keyed(ml, Samples.Blobs(31)[(group.Rank == 1 ? 1 : 0)..]);
            FuseTrainer trainer = Learning.Classifier(ml, new() { Strategy = TrainingStrategy.Of(group), Sharding = ShardingMode.ByFile });
            messages[group.Rank] = Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(rows).Dispose()).Message;
        }))]);
        foreach (string message in messages)
            Assert.Contains("their keys stand for other values", message);
    }

    [TestMethod]
    public void ALossThatIsNotFiniteInOneEndsAllWithTheSameWeights()
    {
        RankResult[] results = Train((options, rank) =>
        {
            options.MaxEpochs = 4;
            if (rank == 1)
                options.Callbacks.Add(new DivergingAt(epoch: 2));
        });
        foreach (RankResult result in results)
        {
            Assert.AreEqual(StopReason.Diverged, result.StopReason);
            CollectionAssert.AreEqual(results[0].Weights, result.Weights);
        }
    }

    [TestMethod]
    [DataRow(StopReason.Cancelled)]
    [DataRow(StopReason.EarlyStopped)]
    public void AStopOfOneIsAStopOfAll(StopReason reason)
    {
        using var source = new CancellationTokenSource();
        RankResult[] results = Train((options, rank) =>
        {
            options.MaxEpochs = 1000;
            if (rank != 2)
                return;
            options.CancellationToken = source.Token;
            options.Callbacks.Add(new StoppingAt(20, context =>
            {
                if (reason == StopReason.Cancelled)
                    source.Cancel();
                else
                    context.Stop("the test wants it");
            }));
        });
        foreach (RankResult result in results)
        {
            Assert.AreEqual(reason, result.StopReason);
            CollectionAssert.AreEqual(results[0].Weights, result.Weights);
        }
    }

    [TestMethod]
    public void OneRunAtATimeUsesTheProcesses()
    {
        string[] messages = Fail((options, rank) =>
        {
            if (rank == 0)
                options.Callbacks.Add(new StoppingAt(1, _ => RankCase.Fit("sgd", options.Strategy, 8).Dispose()));
        });
        Assert.Contains("goes on over the same processes", messages[0]);
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(1)]
    public void ARunIsResumedByAnyNumber(int size)
    {
        string model = Path.Combine(Folder, "run");
        Run(2, (options, _) => (options.MaxEpochs, options.ModelDirectory) = (2, model));
        string checkpoint = Path.Combine(model, "last.ckpt");
        RankResult[] resumed = Run(size, (options, _) => (options.MaxEpochs, options.ResumeFrom) = (4, checkpoint));
        foreach (RankResult result in resumed)
            CollectionAssert.AreEqual(resumed[0].Weights, result.Weights);
        Assert.IsNotEmpty(resumed[0].Logged);
        if (size == 2)
            CollectionAssert.AreEqual(Run(2, (options, _) => options.MaxEpochs = 4)[0].Weights, resumed[0].Weights, "An uninterrupted run has other bits.");
    }

    private static RankResult[] Train(Action<FuseTrainer.TrainingOptions, int> change) => Run(Size, change);

    private static RankResult[] Run(int size, Action<FuseTrainer.TrainingOptions, int> change)
    {
        var results = new RankResult[size];
        OnOtherThreads([.. ThreadGroup.Of(size).Select(group => (Action)(() =>
        {
            using FuseTransformer model = RankCase.Fit("sgd", TrainingStrategy.Of(group), 8, options => change(options, group.Rank));
            results[group.Rank] = RankResult.Of(model);
        }))]);
        return results;
    }

    private static string[] Fail(Action<FuseTrainer.TrainingOptions, int> change)
    {
        string[] messages = new string[Size];
        OnOtherThreads([.. ThreadGroup.Of(Size).Select(group => (Action)(() =>
            messages[group.Rank] = Assert.Throws<Exception>(() => RankCase.Fit("sgd", TrainingStrategy.Of(group), 8, options => change(options, group.Rank)).Dispose()).Message))]);
        return messages;
    }

    private sealed class FailingHook(string hook) : Callback
    {
        public override void OnFitStart(TrainingContext context) => Fail(nameof(OnFitStart));

        public override void OnEpochStart(TrainingContext context) => Fail(nameof(OnEpochStart));

        public override void OnTrainBatchStart(TrainingContext context, BatchDict batch) => Fail(nameof(OnTrainBatchStart));

        public override void OnBeforeBackward(TrainingContext context, Tensor loss) => Fail(nameof(OnBeforeBackward));

        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => Fail(nameof(OnTrainBatchEnd));

        public override void OnValidationBatchEnd(TrainingContext context, BatchDict batch) => Fail(nameof(OnValidationBatchEnd));

        public override void OnEpochEnd(TrainingContext context) => Fail(nameof(OnEpochEnd));

        public override void OnFitEnd(TrainingContext context) => Fail(nameof(OnFitEnd));

        private void Fail(string present)
        {
            if (present == hook)
                throw new InvalidOperationException("An error wanted by the test.");
        }
    }

    private sealed class DivergingAt(int epoch) : Callback
    {
        public override void OnBeforeBackward(TrainingContext context, Tensor loss)
        {
            if (context.EpochsDone == epoch && context.BatchesDone == 3)
                context.Diverge("The test found the loss too large");
        }
    }

    private sealed class StoppingAt(long step, Action<TrainingContext> stop) : Callback
    {
        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
        {
            if (context.GlobalStep == step)
                stop(context);
        }
    }
}
