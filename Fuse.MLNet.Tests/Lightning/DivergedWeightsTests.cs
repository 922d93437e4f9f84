using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Checks which weights a run keeps whose loss is infinite from some step on; an epoch has three steps.</summary>
[TestClass]
public sealed class DivergedWeightsTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(3, 1, DisplayName = "at the start of the second epoch")]
    [DataRow(5, 1, DisplayName = "at the end of the second epoch")]
    [DataRow(7, 2, DisplayName = "within the third epoch")]
    public void TheWeightsOfTheLastFinishedEpochAreKept(long infiniteFrom, int epochs)
    {
        var log = new LogRecorder(_ml);
        FuseTransformer diverged = Own(Fit(infiniteFrom, maxEpochs: 9));
        Assert.AreEqual(StopReason.Diverged, diverged.StopReason);
        Assert.HasCount(epochs, diverged.History.Epochs);
        Assert.Contains($"epoch {epochs + 1}, step {infiniteFrom}.", log.Text);
        Assert.Contains("the model keeps the weights of the last finished epoch", log.Text);
        FuseTransformer finished = Own(Fit(long.MaxValue, epochs));
        CollectionAssert.AreEqual(Learning.Weights(finished.Network), Learning.Weights(diverged.Network));
        Assert.AreEqual(finished.History, diverged.History);
    }

    [TestMethod]
    public void DivergenceWithinTheFirstEpochSaysThatNoEpochWasFinished()
    {
        var log = new LogRecorder(_ml);
        FuseTransformer transformer = Own(Fit(infiniteFrom: 2, maxEpochs: 9));
        Assert.AreEqual(StopReason.Diverged, transformer.StopReason);
        Assert.IsEmpty(transformer.History.Epochs);
        Assert.Contains("Error: The loss 'loss' was", log.Text);
        Assert.Contains("epoch 1, step 2.", log.Text);
        Assert.Contains("no epoch was finished", log.Text);
        Assert.IsTrue(Learning.Scores(transformer.Transform(Samples.Keyed(_ml, 12))).SelectMany(row => row).All(float.IsFinite));
    }

    private FuseTransformer Fit(long infiniteFrom, int maxEpochs) => _ml.Fuse().Train(Network.Of<DropoutClassifier>(), new TensorColumn("Features"),
        loss: new InfiniteFrom(infiniteFrom), options: new() { MaxEpochs = maxEpochs, BatchSize = 16 }).Fit(Samples.Keyed(_ml, 48));

    private sealed record InfiniteFrom(long Step) : LossBase
    {
        public override Activation Link => Activation.Softmax;

        protected override LossTerms Compute(BatchDict batch)
        {
            Tensor values = nn.functional.cross_entropy(batch[BatchKeys.Logits], batch[BatchKeys.Label], reduction: nn.Reduction.None);
            return new LossTerms(batch.GlobalStep < Step ? values : values / 0);
        }
    }
}
