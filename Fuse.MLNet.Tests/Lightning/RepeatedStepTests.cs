namespace Fuse.MLNet.Tests;

/// <summary>Trains with optimizers that compute a batch's loss more than once.</summary>
[TestClass]
public sealed class RepeatedStepTests : LeakCheckedTest
{
    private static readonly Dictionary<string, OptimizerSpec> OptimizersByName = new()
    {
        ["sam"] = Optimizers.SAM(Optimizers.SGD(0.1, momentum: 0.9)),
        ["lbfgs"] = Optimizers.LBFGS(0.1, maxIterations: 3),
    };

    [TestMethod]
    [DataRow("sam")]
    [DataRow("lbfgs")]
    public void RunResumesToTheSameBitsWithNormalizationAndDropout(string name)
    {
        FuseTransformer whole = Own(Fit(name, "whole"));
        Own(Fit(name, "parts", steps: 5));
        FuseTransformer parts = Own(Fit(name, "parts", resumeFrom: "last"));
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
        // L-BFGS is not made for batches that differ.
        if (name == "sam")
            Assert.IsLessThan(whole.History["train.losses.total_loss"][0], whole.History["train.losses.total_loss"][^1]);
    }

    [TestMethod]
    [DataRow("sam")]
    [DataRow("lbfgs")]
    public void EachBatchCountsOnce(string name)
    {
        // Momentum 0.1 moves the running count of batches, not its value: one look each, whatever the optimizer looks at again.
        FuseTransformer model = Own(Fit(name, "run"));
        using var scope = NewDisposeScope();
        Assert.AreEqual(12, model.Network.state_dict()["backbone.norm.num_batches_tracked"].item<long>());
    }

    [TestMethod]
    public void ScheduleOfASumOverBatchesIsThatOfItsSteps()
    {
        var rates = new List<double>();
        ScheduleSpec schedule = Schedules.Polynomial();
        Own(Learning.Classify(rows: 64, options: new() { MaxEpochs = 1, BatchSize = 8, AccumulateBatches = 2, Optimizer = Optimizers.SGD(1), LearningRateScheduler = schedule, Callbacks = { new RateWatch(rates) } }));
        CollectionAssert.AreEqual(schedule.Simulate(1, 4).ToArray(), rates);
    }

    private FuseTransformer Fit(string name, string folder, long? steps = null, string? resumeFrom = null) => Learning.Classify(options: new()
    {
        MaxEpochs = 3,
        BatchSize = 16,
        MaxSteps = steps,
        Optimizer = OptimizersByName[name],
        ModelDirectory = Path.Combine(Folder, folder),
        ResumeFrom = resumeFrom,
    }, network: Network.Of<FreezeTests.TwoPart>());

    private sealed class RateWatch(List<double> rates) : Callback
    {
        public override void OnBeforeOptimizerStep(TrainingContext context) => rates.Add(context.LearningRate);
    }
}
