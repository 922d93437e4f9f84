using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Trains in BFloat16 by libtorch's autocast.</summary>
[TestClass]
public sealed class PrecisionTests : LeakCheckedTest
{
    [TestMethod]
    public void NetworkComputesInBFloat16AndKeepsFloat32()
    {
        List<ScalarType> trained = [];
        FuseTransformer model = Own(Learning.Classify(options: new() { MaxEpochs = 1, BatchSize = 16, ValidationFraction = 0.25, Precision = Precision.BFloat16, Callbacks = { new TypeRecorder(trained) } }));
        CollectionAssert.AreEqual(Enumerable.Repeat(ScalarType.BFloat16, trained.Count).ToArray(), trained);
        Assert.IsGreaterThan(3, trained.Count);
        Assert.IsTrue(model.Network.parameters().All(parameter => parameter.dtype == ScalarType.Float32));
        using var scope = NewDisposeScope();
        Assert.AreEqual(ScalarType.Float32, Learning.Forward(model.Network, Samples.Blobs(2)).dtype, "Autocast must be off after training.");
    }

    [TestMethod]
    public void GradientsAreThoseOfFullPrecisionToBFloat16sAccuracy()
    {
        FuseTransformer Step(Precision precision) => Own(Learning.Classify(options: new() { MaxSteps = 1, BatchSize = 16, Precision = precision, Optimizer = Optimizers.SGD(1) }));
        using var scope = NewDisposeScope();
        foreach ((TorchSharp.Modules.Parameter full, TorchSharp.Modules.Parameter half) in Step(Precision.Full).Network.parameters().Zip(Step(Precision.BFloat16).Network.parameters()))
        {
            // BFloat16 has 8 bits: the steps differ, by about a hundredth of their size.
            double difference = (full - half).abs().max().Number();
            Assert.IsInRange(1e-7, 0.05, difference);
        }
    }

    [TestMethod]
    public void BFloat16LearnsAndRepeats()
    {
        var ml = new MLContext(seed: 1);
        FuseTransformer Fit() => Own(Learning.Classify(options: new() { MaxEpochs = 20, BatchSize = 16, Precision = Precision.BFloat16, Optimizer = Optimizers.Adam(0.05) }, network: Network.Of<DropoutClassifier>()));
        FuseTransformer model = Fit();
        CollectionAssert.AreEqual(Learning.Weights(model.Network), Learning.Weights(Fit().Network));
        Assert.IsGreaterThan(0.95, ml.MulticlassClassification.Evaluate(model.Transform(Samples.Keyed(ml, 60))).MicroAccuracy);
    }

    [TestMethod]
    public void LookWithoutGradientsBeforeTheStepTakesNoneAway()
    {
        FuseTransformer Fit(int steps) => Own(new MLContext(7).Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.input"] = new("Features"), ["data.label"] = new("Label") },
            Module = LightningModule.Of<ScopedModule>(false),
            MaxSteps = steps,
            BatchSize = 8,
            Precision = Precision.BFloat16,
            Optimizer = Optimizers.SGD(1),
        }).Fit(Samples.Keyed(new MLContext(), 30)));
        foreach ((TorchSharp.Modules.Parameter one, TorchSharp.Modules.Parameter two) in Fit(1).Network.parameters().Zip(Fit(2).Network.parameters()))
            CollectionAssert.AreNotEqual(one.HostBytes(), two.HostBytes());
    }

    private sealed class TypeRecorder(List<ScalarType> types) : Callback
    {
        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => types.Add(batch[BatchKeys.Logits].dtype);

        public override void OnValidationBatchEnd(TrainingContext context, BatchDict batch) => types.Add(batch[BatchKeys.Logits].dtype);
    }
}
