using Fuse.MLNet.Examples.Digits;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class LeNetTests : LeakCheckedTest
{
    [TestMethod]
    public void LeNetHasTheParametersOfFuseMedMLs()
    {
        using var network = new LeNet();
        Assert.AreEqual(1_199_882, network.parameters().Sum(parameter => parameter.numel()));
    }

    [TestMethod]
    public void OneEpochLearnsDrawnDigits() => Assert.IsGreaterThan(0.5, Accuracy(DigitData.Generated(1, 1000, 300)));

    [TestMethod]
    public void OneEpochLearnsRealDigits()
    {
        if (Environment.GetEnvironmentVariable("FUSE_MNIST_DIR") is not { Length: > 0 } directory)
        {
            Assert.Inconclusive("FUSE_MNIST_DIR does not name a folder with MNIST's files.");
            return;
        }

        DigitData data = DigitData.FromDirectory(directory, seed: 1);
        Assert.IsGreaterThan(0.8, Accuracy(data with { Train = data.Train[..1000], Test = data.Test[..500] }));
    }

    private double Accuracy(DigitData data)
    {
        var ml = new MLContext(seed: 1);
        ITransformer model = Own<ITransformer>(ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(ml.Fuse().Train(
                network: Network.Of<LeNet>(),
                input: new TensorColumn("Pixels", [1, 28, 28]) { Mean = [0.1307f], StandardDeviation = [0.3081f] },
                labelColumnName: "Label",
                loss: Loss.CrossEntropy(),
                options: new() { MaxEpochs = 1, BatchSize = 32 }))
            .Fit(ml.Data.LoadFromEnumerable(data.Train)));
        return ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadFromEnumerable(data.Test))).MicroAccuracy;
    }
}
