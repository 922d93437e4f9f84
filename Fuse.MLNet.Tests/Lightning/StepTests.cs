namespace Fuse.MLNet.Tests;

/// <summary>Tests what an optimizer step is made of: accumulated and clipped gradients, and the learning rate.</summary>
[TestClass]
public sealed class StepTests : LeakCheckedTest
{
    [TestMethod]
    [DataRow(48, 16, 3, 48, DisplayName = "a whole window")]
    [DataRow(40, 16, 3, 40, DisplayName = "a last batch that is short")]
    [DataRow(40, 16, 2, 32, DisplayName = "a last window that is short")]
    [DataRow(30, 7, 100, 30, DisplayName = "a window as long as the epoch")]
    public void AccumulatedGradientEqualsTheLargeBatchs(int rows, int batchSize, int accumulate, int largeBatchSize)
    {
        FuseTransformer small = Fit(new() { BatchSize = batchSize, AccumulateBatches = accumulate, Optimizer = Optimizers.SGD(0.5) }, rows);
        FuseTransformer large = Fit(new() { BatchSize = largeBatchSize, Optimizer = Optimizers.SGD(0.5) }, rows);
        Assert.IsLessThan(1e-6, Distance(small, large));
        Assert.IsGreaterThan(0.01, Distance(small, Start(rows)));
    }

    [TestMethod]
    public void GradientNormIsClipped()
    {
        FuseTransformer clipped = Fit(new() { BatchSize = 64, GradientClipNorm = 0.01, Optimizer = Optimizers.SGD(1) });
        Assert.AreEqual(0.01, Distance(clipped, Start()), 1e-5);
    }

    [TestMethod]
    public void GradientValuesAreClipped()
    {
        FuseTransformer clipped = Fit(new() { BatchSize = 64, GradientClipValue = 0.001, Optimizer = Optimizers.SGD(1) });
        float[] steps = [.. Values(clipped).Zip(Values(Start()), (left, right) => Math.Abs(left - right))];
        Assert.AreEqual(0.001, steps.Max(), 1e-6);
    }

    [TestMethod]
    public void ScheduleMultipliesTheOptimizersRate()
    {
        var rates = new RateRecorder();
        Fit(new() { MaxEpochs = 4, BatchSize = 30, Optimizer = Optimizers.SGD(0.8), LearningRateScheduler = Schedules.Step(2, 0.5), Callbacks = { rates } });
        CollectionAssert.AreEqual(new[] { 0.8, 0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.4 }, rates.Rates);
    }

    [TestMethod]
    public void MaxStepsEndsWithinAnEpoch()
    {
        var rates = new RateRecorder();
        FuseTransformer model = Fit(new() { MaxEpochs = 9, BatchSize = 16, MaxSteps = 6, Callbacks = { rates } });
        Assert.HasCount(6, rates.Rates);
        Assert.HasCount(1, model.History.Epochs);
        Assert.AreEqual(StopReason.Completed, model.StopReason);
    }

    [TestMethod]
    public void MaxTimeEndsTheRun()
    {
        FuseTransformer model = Fit(new() { MaxEpochs = 1_000_000, MaxTime = TimeSpan.FromMilliseconds(200) });
        Assert.IsLessThan(1_000_000, model.History.Epochs.Count);
        Assert.AreEqual(StopReason.Completed, model.StopReason);
    }

    private FuseTransformer Fit(FuseTrainer.TrainingOptions options, int rows = 60)
    {
        if (options.MaxEpochs == 10)
            options.MaxEpochs = 1;
        return Own(Learning.Classify(rows: rows, options: options));
    }

    private FuseTransformer Start(int rows = 60) => Fit(new() { Optimizer = Optimizers.SGD(0) }, rows);

    private static float[] Values(FuseTransformer model)
    {
        using var scope = NewDisposeScope();
        return [.. model.Network.parameters().SelectMany(parameter => parameter.detach().data<float>().ToArray())];
    }

    private static double Distance(FuseTransformer left, FuseTransformer right) =>
        Math.Sqrt(Values(left).Zip(Values(right), (a, b) => Math.Pow(a - b, 2)).Sum());

    private sealed class RateRecorder : Callback
    {
        public List<double> Rates { get; } = [];

        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => Rates.Add(context.LearningRate);
    }
}
