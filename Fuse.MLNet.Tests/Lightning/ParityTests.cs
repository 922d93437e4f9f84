using Fuse.MLNet.Examples.Digits;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace Fuse.MLNet.Tests;

/// <summary>Repeats a run by a loop written out in plain TorchSharp.</summary>
[TestClass]
public sealed class ParityTests : LeakCheckedTest
{
    private const int BatchSize = 16;
    private const int Epochs = 3;

    [TestMethod]
    [DataRow(50, "Adam")]
    [DataRow(64, "Adam")]
    [DataRow(7, "Adam")]
    [DataRow(50, "AdamW")]
    [DataRow(50, "SGD")]
    public void AnIndependentLoopGivesTheSameBits(int rows, string name)
    {
        const int Seed = 5;
        FuseTransformer transformer = Own(Learning.Classify(Seed, rows, new()
        {
            MaxEpochs = Epochs,
            BatchSize = BatchSize,
            Device = FuseDevice.Cpu,
            Optimizer = Described(name) with { Implementation = OptimizerImplementation.TorchSharp },
        }, Network.Of<DropoutClassifier>()));

        using var scope = NewDisposeScope();
        Sample[] samples = Samples.Blobs(rows);
        Tensor inputs = tensor(samples.SelectMany(row => row.Features).ToArray()).reshape(rows, 2);
        Tensor labels = tensor(samples.Select(row => (long)row.Key).ToArray());
        random.manual_seed(TrainingSeeds.ForInitialization(Seed));
        using var network = new DropoutClassifier();
        using optim.Optimizer optimizer = name == "Adam" ? optim.Adam(network.parameters(), 1e-3)
            : name == "AdamW" ? optim.AdamW(network.parameters(), 0.01, weight_decay: 0.1) : optim.SGD(network.parameters(), 0.1, momentum: 0.9, nesterov: true);
        double[] losses = new double[Epochs];
        long step = 0;
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            network.train();
            foreach (int[] indices in TrainingSeeds.Permutation(rows, Seed, epoch).Chunk(BatchSize))
            {
                Tensor batch = tensor(indices.Select(index => (long)index).ToArray());
                random.manual_seed(TrainingSeeds.ForStep(Seed, step++));
                optimizer.zero_grad();
                Tensor loss = nn.functional.cross_entropy(network.call(inputs.index_select(0, batch)), labels.index_select(0, batch));
                loss.backward();
                optimizer.step();
                losses[epoch] += loss.item<float>() * (double)indices.Length / rows;
            }
        }

        CollectionAssert.AreEqual(Learning.Weights(network), Learning.Weights(transformer.Network));
        for (int epoch = 0; epoch < Epochs; epoch++)
            Assert.AreEqual(losses[epoch], transformer.History["train.losses.total_loss"][epoch], 1e-6);
    }

    [TestMethod]
    public void AnIndependentLoopOverLeNetGivesTheSameBits()
    {
        const int Seed = 6, Rows = 48;
        Digit[] digits = DigitData.Generated(1, Rows, 1).Train;
        var ml = new MLContext(Seed);
        IDataView view = ml.Data.LoadFromEnumerable(digits);
        FuseTransformer transformer = Own(ml.Fuse().Train(Network.Of<LeNet>(), new TensorColumn("Pixels", [1, 28, 28]), "Label", Loss.CrossEntropy(), new()
        {
            MaxEpochs = Epochs,
            BatchSize = BatchSize,
            Device = FuseDevice.Cpu,
            Optimizer = Described("AdamW") with { Implementation = OptimizerImplementation.TorchSharp },
        }).Fit(ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(view).Transform(view)));

        using var scope = NewDisposeScope();
        uint[] classes = [.. digits.Select(digit => (uint)digit.Label).Distinct().Order()];
        Tensor inputs = stack(digits.Select(digit => tensor(digit.Pixels.Select(pixel => (float)pixel).ToArray()).reshape(1, 28, 28)));
        Tensor labels = tensor(digits.Select(digit => (long)Array.IndexOf(classes, (uint)digit.Label)).ToArray());
        random.manual_seed(TrainingSeeds.ForInitialization(Seed));
        using var network = new LeNet();
        using optim.Optimizer optimizer = optim.AdamW(network.parameters(), 0.01, weight_decay: 0.1);
        long step = 0;
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            network.train();
            foreach (int[] indices in TrainingSeeds.Permutation(Rows, Seed, epoch).Chunk(BatchSize))
            {
                Tensor batch = tensor(indices.Select(index => (long)index).ToArray());
                random.manual_seed(TrainingSeeds.ForStep(Seed, step++));
                optimizer.zero_grad();
                nn.functional.cross_entropy(network.call(inputs.index_select(0, batch)), labels.index_select(0, batch)).backward();
                optimizer.step();
            }
        }

        CollectionAssert.AreEqual(Learning.Weights(network), Learning.Weights(transformer.Network));
    }

    private static OptimizerSpec Described(string name) => name switch
    {
        "Adam" => Optimizers.Adam(),
        "AdamW" => Optimizers.AdamW(0.01, weightDecay: 0.1),
        _ => Optimizers.SGD(0.1, momentum: 0.9, nesterov: true),
    };

    [TestMethod]
    public void APermutationHasEveryRowOnceAndGoesByTheSeedAndTheEpoch()
    {
        int[] order = TrainingSeeds.Permutation(100, 1, 0);
        CollectionAssert.AreEqual(Enumerable.Range(0, 100).ToArray(), order.Order().ToArray());
        CollectionAssert.AreEqual(order, TrainingSeeds.Permutation(100, 1, 0));
        CollectionAssert.AreNotEqual(order, TrainingSeeds.Permutation(100, 1, 1));
        CollectionAssert.AreNotEqual(order, TrainingSeeds.Permutation(100, 2, 0));
        Assert.IsEmpty(TrainingSeeds.Permutation(0, 1, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TrainingSeeds.Permutation(-1, 1, 0));
    }

    [TestMethod]
    public void PermutationsAreUniform()
    {
        // Each of the 6 orders of 3 rows is expected 1000 times in 6000 epochs; 5 standard deviations are 144.
        Dictionary<string, int> counts = Enumerable.Range(0, 6000).CountBy(epoch => string.Join("", TrainingSeeds.Permutation(3, 7, epoch))).ToDictionary();
        Assert.HasCount(6, counts);
        foreach ((string order, int count) in counts)
            Assert.IsInRange(856, 1144, count, order);
    }
}
