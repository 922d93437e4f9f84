using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Searches for learning rates.</summary>
[TestClass]
public sealed class FindLearningRateTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void RatesRiseByOneFactorAndTheLossFallsFirst()
    {
        LearningRateSweep sweep = _ml.Fuse().FindLearningRate(Learning.Classifier(_ml, new() { BatchSize = 16, Optimizer = Optimizers.SGD(0.5) }), Samples.Keyed(_ml, 60), 1e-5, 1e3, steps: 60);
        Assert.IsGreaterThan(10, sweep.Rates.Count);
        for (int step = 0; step < sweep.Rates.Count; step++)
            Assert.AreEqual(1e-5 * Math.Pow(1e8, step / 59.0), sweep.Rates[step], 1e-9 * sweep.Rates[step]);
        Assert.HasCount(sweep.Rates.Count, sweep.Losses);
        Assert.IsNotNull(sweep.Suggestion);
        Assert.IsInRange(1e-4, 10, sweep.Suggestion.Value);
        Assert.Contains("suggested learning rate", sweep.ToString());
    }

    [TestMethod]
    public void SumOverBatchesIsOneStep()
    {
        LearningRateSweep sweep = _ml.Fuse().FindLearningRate(Learning.Classifier(_ml, new() { BatchSize = 8, AccumulateBatches = 2, Optimizer = Optimizers.SGD(0.5) }), Samples.Keyed(_ml, 64), 1e-5, 1e-1, steps: 20);
        Assert.HasCount(20, sweep.Rates.Distinct().ToArray());
        Assert.HasCount(20, sweep.Losses);
    }

    [TestMethod]
    public void EverythingStaysAsItWas()
    {
        var trainer = Learning.Classifier(_ml, new() { MaxEpochs = 2, BatchSize = 16, ValidationFraction = 0.2, ModelDirectory = Path.Combine(Folder, "run"), Callbacks = { new EarlyStopping(new("validation.losses.total_loss")) } }, Network.Of<DropoutClassifier>());
        IDataView rows = Samples.Keyed(_ml, 60);
        FuseTransformer before = Own(trainer.Fit(rows));
        DateTime written = File.GetLastWriteTimeUtc(Path.Combine(Folder, "run", "last.ckpt"));
        byte[] state = random.get_rng_state().bytes.ToArray();
        _ml.Fuse().FindLearningRate(trainer, rows, steps: 20);
        CollectionAssert.AreEqual(state, random.get_rng_state().bytes.ToArray());
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(Path.Combine(Folder, "run", "last.ckpt")));
        CollectionAssert.AreEqual(Learning.Weights(before.Network), Learning.Weights(Own(trainer.Fit(rows)).Network));
    }

    [TestMethod]
    public void ExplodingLossEndsTheSearch()
    {
        LearningRateSweep sweep = _ml.Fuse().FindLearningRate(_ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Features"), "Target",
            options: new() { BatchSize = 16, Optimizer = Optimizers.SGD(0.1) }), Samples.Keyed(_ml, 60), 1e-4, 1e6, steps: 200);
        Assert.IsLessThan(200, sweep.Rates.Count);
        Assert.IsTrue(sweep.Losses.All(double.IsFinite));
    }

    [TestMethod]
    [DataRow(1e-3, 1e-4, 10)]
    [DataRow(0, 1, 10)]
    [DataRow(1e-3, 1, 1)]
    public void WrongRangeIsRefused(double start, double end, int steps) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Fuse().FindLearningRate(Learning.Classifier(_ml), Samples.Keyed(_ml, 30), start, end, steps));

    [TestMethod]
    public void SuggestionIsWhereTheLossFellFastest()
    {
        double[] rates = [.. Enumerable.Range(0, 60).Select(step => Math.Pow(10, -6 + (step / 10.0)))];
        // A step of the loss at 1e-3, smoothed by the running mean, falls fastest right there.
        var sweep = new LearningRateSweep(rates, [.. rates.Select(rate => rate < 0.99e-3 ? 2.0 : 1.0)]);
        Assert.AreEqual(-3, Math.Log10(sweep.Suggestion!.Value), 0.11);
        Assert.IsNull(new LearningRateSweep(rates, [.. rates.Select(_ => 1.0)]).Suggestion);
        Assert.IsNull(new LearningRateSweep([1], [1]).Suggestion);
    }
}
