using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Trains networks that start from trained weights.</summary>
[TestClass]
public sealed class WarmStartTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(false, DisplayName = "from a model in memory")]
    [DataRow(true, DisplayName = "from a loaded pipeline")]
    public void NetworkStartsFromTheGivenWeights(bool isLoaded)
    {
        FuseTransformer earlier = Own(Learning.Classify());
        ITransformer start = earlier;
        if (isLoaded)
        {
            string path = Path.Combine(Folder, "model.zip");
            _ml.Model.Save(earlier.Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(earlier.Transform(Samples.Keyed(_ml, 6)))), Samples.Keyed(_ml, 6).Schema, path);
            start = Own(_ml.Model.Load(path, out _));
        }

        // A rate of zero shows what the run started from; the seed is another one.
        FuseTransformer still = Own(Learning.Classify(seed: 9, options: new() { MaxEpochs = 1, Optimizer = Optimizers.SGD(0), WarmStart = start }));
        CollectionAssert.AreEqual(Learning.Weights(earlier.Network), Learning.Weights(still.Network));
    }

    [TestMethod]
    public void EachFitStartsFromTheGivenWeightsAndLeavesThem()
    {
        FuseTransformer earlier = Own(Learning.Classify());
        byte[] weights = Learning.Weights(earlier.Network);
        FuseTrainer trainer = Learning.Classifier(_ml, new() { MaxEpochs = 1, WarmStart = earlier });
        IDataView rows = Samples.Keyed(_ml, 60);
        CollectionAssert.AreEqual(Learning.Weights(Own(trainer.Fit(rows)).Network), Learning.Weights(Own(trainer.Fit(rows)).Network));
        CollectionAssert.AreEqual(weights, Learning.Weights(earlier.Network));
    }

    [TestMethod]
    public void ARunThatGoesOnFromACheckpointIfThereIsOneStartsFromThemOnce()
    {
        FuseTransformer earlier = Own(Learning.Classify());
        FuseTransformer Run(int epochs, string? resumeFrom) =>
            Own(Learning.Classifier(_ml, new() { MaxEpochs = epochs, WarmStart = earlier, ModelDirectory = Folder, ResumeFrom = resumeFrom }).Fit(Samples.Keyed(_ml, 60)));
        Run(1, "last");
        FuseTransformer resumed = Run(2, "last");
        FuseTransformer whole = Run(2, null);
        Assert.AreEqual(whole.History, resumed.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(resumed.Network));
    }

    [TestMethod]
    public void WeightsThatDoNotFitAreNamed()
    {
        FuseTransformer earlier = Own(Learning.Classify(network: Network.Of<DropoutClassifier>()));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Own(Learning.Classify(options: new() { WarmStart = earlier })));
        Assert.Contains("do not fit the network", error.Message);
        Assert.Contains("is missing", error.Message);
        ArgumentException both = Assert.Throws<ArgumentException>(() => Learning.Classifier(_ml, new() { WarmStart = earlier, ResumeFrom = "x.ckpt" }));
        Assert.Contains("WarmStart and ResumeFrom", both.Message);
    }
}
