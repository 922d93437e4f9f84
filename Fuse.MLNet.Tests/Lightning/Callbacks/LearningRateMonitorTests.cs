using Microsoft.ML;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class LearningRateMonitorTests : LeakCheckedTest
{
    [TestMethod]
    public void TheRateOfEachEpochsLastBatchIsLogged()
    {
        // 20 rows in two batches an epoch; half a cosine over the 4 steps, of which each epoch's last are 1 and 3.
        FuseTransformer model = Own(Learning.Classify(rows: 20, options: Options(Schedules.Cosine())));
        double[] expected = [.. new[] { 16.0 / 40, 36.0 / 40 }.Select(done => 0.5 * (1 + Math.Cos(Math.PI * done)) / 2)];
        for (int epoch = 0; epoch < 2; epoch++)
            Assert.AreEqual(expected[epoch], model.History["learning_rate"][epoch], 1e-12);
    }

    [TestMethod]
    public void OneRateIsLoggedForEachOptimizer()
    {
        var ml = new MLContext(seed: 1);
        FuseTransformer model = Own(ml.Fuse().Train(new FuseTrainer.Options
        {
            MaxEpochs = 3,
            Columns = { [BatchKeys.Input] = new("Features"), [BatchKeys.Label] = new("Label") },
            Module = LightningModule.Of<TwoRates>(),
            Outputs = { ["Score"] = new(BatchKeys.Logits) },
            Callbacks = { new LearningRateMonitor() },
        }).Fit(Samples.Keyed(ml, 12)));
        CollectionAssert.AreEqual(new[] { 0.5, 0.25, 0.125 }, model.History["learning_rate.0"].ToArray());
        CollectionAssert.AreEqual(new[] { 0.125, 0.125, 0.125 }, model.History["learning_rate.1"].ToArray());
    }

    private static FuseTrainer.TrainingOptions Options(ScheduleSpec schedule) => new()
    {
        MaxEpochs = 2,
        BatchSize = 16,
        Optimizer = Optimizers.SGD(0.5),
        LearningRateScheduler = schedule,
        Callbacks = { new LearningRateMonitor() },
    };
}
