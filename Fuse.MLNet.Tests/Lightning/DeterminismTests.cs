using Microsoft.ML;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class DeterminismTests : LeakCheckedTest
{
    private static readonly Network WithDropout = Network.Of<DropoutClassifier>();

    [TestMethod]
    public void TheSameSeedGivesTheSameBitsAndAnotherSeedOthers()
    {
        FuseTransformer first = Own(Fit(seed: 1));
        manual_seed(12345);
        FuseTransformer second = Own(Fit(seed: 1));
        FuseTransformer other = Own(Fit(seed: 2));
        CollectionAssert.AreEqual(Learning.Weights(first.Network), Learning.Weights(second.Network));
        Assert.AreEqual(first.History, second.History);
        CollectionAssert.AreNotEqual(Learning.Weights(first.Network), Learning.Weights(other.Network));
        Assert.AreNotEqual(first.History, other.History);
        Assert.AreEqual(1, first.Seed);
    }

    [TestMethod]
    public void ARunWithoutASeedTellsTheSeedThatRepeatsIt()
    {
        var ml = new MLContext();
        FuseTransformer first = Own(Learning.Classifier(ml, Options(), WithDropout).Fit(Samples.Keyed(ml, 50)));
        FuseTransformer second = Own(Fit((int)first.Seed));
        CollectionAssert.AreEqual(Learning.Weights(first.Network), Learning.Weights(second.Network));
        Assert.AreEqual(first.History, second.History);
    }

    [TestMethod]
    public void FittingAgainStartsFromFreshWeights()
    {
        var ml = new MLContext(seed: 1);
        FuseTrainer trainer = Learning.Classifier(ml, Options(), WithDropout);
        IDataView view = Samples.Keyed(ml, 50);
        FuseTransformer first = Own(trainer.Fit(view));
        CollectionAssert.AreEqual(Learning.Weights(first.Network), Learning.Weights(Own(trainer.Fit(view)).Network));
    }

    [TestMethod]
    public void TheGlobalRandomStateIsLeftAsItWas()
    {
        manual_seed(99);
        using Tensor before = random.get_rng_state();
        FuseTransformer transformer = Own(Fit(seed: 1));
        using Tensor fitted = random.get_rng_state();
        Learning.Scores(transformer.Transform(Samples.Keyed(new MLContext(), 20)));
        using Tensor scored = random.get_rng_state();
        Assert.IsTrue(before.Equals(fitted), "after Fit");
        Assert.IsTrue(before.Equals(scored), "after scoring");
    }

    [TestMethod]
    public void AFailedFitAlsoLeavesTheRandomState()
    {
        manual_seed(99);
        using Tensor before = random.get_rng_state();
        Assert.ThrowsExactly<InvalidOperationException>(() => Learning.Classify(network: Network.Of<TinyClassifier>(9, 9)));
        using Tensor after = random.get_rng_state();
        Assert.IsTrue(before.Equals(after));
        // The lock that guards it is free again, also for another thread.
        OnAnotherThread(() => Fit(seed: 1).Dispose());
    }

    [TestMethod]
    public void ScoringDoesNotSwitchDropoutOn()
    {
        FuseTransformer transformer = Own(Fit(seed: 1));
        IDataView view = Samples.Keyed(new MLContext(seed: 1), 20);
        Learning.AreEqual(Learning.Scores(transformer.Transform(view)), Learning.Scores(transformer.Transform(view)));
        Assert.IsFalse(transformer.Network.training);
    }

    private static FuseTransformer Fit(int seed) => Learning.Classify(seed, rows: 50, Options(), WithDropout);

    private static FuseTrainer.TrainingOptions Options() => new() { MaxEpochs = 2, BatchSize = 16, ValidationFraction = 0.2 };
}
