using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Tests which rows a streamed epoch visits, and in which order.</summary>
[TestClass]
public sealed class StreamedOrderTests : LeakCheckedTest
{
    private const string Input = BatchKeys.Input;

    [TestMethod]
    [DataRow(50, 8, 4)]
    [DataRow(50, 7, 16)]
    [DataRow(49, 16, 16)]
    [DataRow(33, 5, 16, DisplayName = "a last row alone")]
    [DataRow(40, 3, 1, DisplayName = "batches of one")]
    [DataRow(17, 17, 16)]
    [DataRow(1, 4, 4)]
    [DataRow(2, 1, 1)]
    public void AnEpochVisitsRowsByTheDocumentedLaw(int rows, int slots, int batchSize)
    {
        var recorder = new BatchRecorder(Input);
        Own(Fit(rows, new() { BatchSize = batchSize, MaxEpochs = 3, ShuffleBufferRows = slots, Callbacks = { recorder } }));
        int[][] expected = [.. Enumerable.Range(0, 3).SelectMany(epoch => StreamedLaw.Batches(rows, slots, 1, epoch, batchSize))];
        Assert.HasCount(expected.Length, recorder[Input]);
        for (int i = 0; i < expected.Length; i++)
            CollectionAssert.AreEqual(expected[i], recorder[Input][i].Select(id => (int)id).ToArray(), $"batch {i}");
    }

    [TestMethod]
    public void EveryEpochVisitsEveryRowOnceInAnOrderOfItsOwn()
    {
        var recorder = new BatchRecorder(Input);
        Own(Fit(100, new() { BatchSize = 10, MaxEpochs = 3, ShuffleBufferRows = 20, Callbacks = { recorder } }));
        double[][] epochs = [.. recorder[Input].Chunk(10).Select(batches => batches.SelectMany(batch => batch).ToArray())];
        foreach (double[] epoch in epochs)
            CollectionAssert.AreEquivalent(Enumerable.Range(0, 100).Select(id => (double)id).ToArray(), epoch);
        CollectionAssert.AreNotEqual(epochs[0], epochs[1]);
        CollectionAssert.AreNotEqual(epochs[1], epochs[2]);
    }

    [TestMethod]
    public void ABufferOfOneRowKeepsTheOrderOfTheSource()
    {
        var recorder = new BatchRecorder(Input);
        Own(Fit(20, new() { BatchSize = 8, MaxEpochs = 2, ShuffleBufferRows = 1, Callbacks = { recorder } }));
        CollectionAssert.AreEqual(Enumerable.Range(0, 40).Select(i => i % 20.0).ToArray(), recorder[Input].SelectMany(batch => batch).ToArray());
    }

    [TestMethod]
    [DataRow(50)]
    [DataRow(33)]
    [DataRow(7)]
    public void AnIndependentLoopGivesTheSameBits(int rows)
    {
        const int Seed = 5, BatchSize = 16, Epochs = 3, Slots = 9;
        FuseTransformer transformer = Own(Learning.Classify(Seed, rows, new()
        {
            MaxEpochs = Epochs,
            BatchSize = BatchSize,
            Device = FuseDevice.Cpu,
            StagingBytes = 0,
            ShuffleBufferRows = Slots,
            Optimizer = Optimizers.Adam() with { Implementation = OptimizerImplementation.TorchSharp },
        }, Network.Of<DropoutClassifier>()));

        using var scope = NewDisposeScope();
        Sample[] samples = Samples.Blobs(rows);
        Tensor inputs = tensor(samples.SelectMany(row => row.Features).ToArray()).reshape(rows, 2);
        Tensor labels = tensor(samples.Select(row => (long)row.Key).ToArray());
        random.manual_seed(TrainingSeeds.ForInitialization(Seed));
        using var network = new DropoutClassifier();
        using optim.Optimizer optimizer = optim.Adam(network.parameters(), 1e-3);
        long step = 0;
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            network.train();
            foreach (int[] indices in StreamedLaw.Batches(rows, Slots, Seed, epoch, BatchSize))
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

    [TestMethod]
    public void SlotsAreUniformAndGoByTheSeedAndTheEpoch()
    {
        int[] counts = new int[6];
        for (int row = 0; row < 6000; row++)
            counts[TrainingSeeds.ShuffleSlot(6, 7, 2, row)]++;
        // 1000 each, and 5 standard deviations are 144.
        foreach (int count in counts)
            Assert.IsInRange(856, 1144, count);
        int[] Slots(long seed, int epoch) => [.. Enumerable.Range(0, 50).Select(row => TrainingSeeds.ShuffleSlot(100, seed, epoch, row))];
        CollectionAssert.AreNotEqual(Slots(1, 0), Slots(2, 0));
        CollectionAssert.AreNotEqual(Slots(1, 0), Slots(1, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TrainingSeeds.ShuffleSlot(0, 1, 0, 0));
    }

    [TestMethod]
    public void ALimitCutsAStreamedEpoch()
    {
        (BatchRecorder whole, BatchRecorder limited) = (new(Input), new(Input));
        Own(Fit(50, new() { BatchSize = 16, MaxEpochs = 2, ShuffleBufferRows = 10, Callbacks = { whole } }));
        Own(Fit(50, new() { BatchSize = 16, MaxEpochs = 2, ShuffleBufferRows = 10, LimitTrainBatches = 2, Callbacks = { limited } }));
        for (int i = 0; i < 4; i++)
            CollectionAssert.AreEqual(whole[Input][i < 2 ? i : i + 2], limited[Input][i], $"batch {i}");
        Assert.HasCount(4, limited[Input]);
    }

    private static FuseTransformer Fit(int rows, FuseTrainer.TrainingOptions options)
    {
        var ml = new MLContext(seed: 1);
        options.StagingBytes = 0;
        return ml.Fuse().Train(Network.Of<RecordingNetwork>(), new TensorColumn("Id"), "Target", options: options).Fit(ml.Data.LoadFromEnumerable(Samples.Blobs(rows)));
    }
}
