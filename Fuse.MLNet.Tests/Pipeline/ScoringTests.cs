using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class ScoringTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(10_000, 256)]
    [DataRow(10_000, 32)]
    [DataRow(1, 32)]
    [DataRow(33, 32)]
    public void AForwardPassServesABatch(int rows, int batchSize)
    {
        FuseTransformer transformer = Own(Learning.Classify(options: new() { MaxEpochs = 1, BatchSize = batchSize }, network: Network.Of<CountingNetwork>()));
        IDataView scored = transformer.Transform(Samples.Keyed(_ml, rows));
        CountingNetwork.Forwards = 0;
        Assert.HasCount(rows, Learning.Scores(scored));
        Assert.IsLessThanOrEqualTo(Math.Ceiling(rows / (double)batchSize) + Math.Log2(batchSize) + 1, CountingNetwork.Forwards);
    }

    [TestMethod]
    public void NoRowsGiveNoScores()
    {
        FuseTransformer transformer = Own(Learning.Classify(network: Network.Of<CountingNetwork>()));
        IDataView none = _ml.Data.FilterRowsByColumn(Samples.Keyed(_ml, 6), "Id", lowerBound: 100);
        CountingNetwork.Forwards = 0;
        Assert.IsEmpty(Learning.Scores(transformer.Transform(none)));
        Assert.AreEqual(0, CountingNetwork.Forwards);
    }

    [TestMethod]
    public void ANetworkThatMixesRowsIsRefused()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Learning.Classify(network: Network.Of<OneRow>(), options: new() { MaxEpochs = 1, BatchSize = 2 }));
        Assert.Contains("[1, 3] for a batch of 2 rows", error.Message);
    }

    [TestMethod]
    public void ReadingOnlyWhatPassesThroughRunsNoNetwork()
    {
        FuseTransformer transformer = Own(Learning.Classify(network: Network.Of<CountingNetwork>()));
        IDataView scored = transformer.Transform(Samples.Keyed(_ml, 50));
        CountingNetwork.Forwards = 0;
        CollectionAssert.AreEqual(Enumerable.Range(0, 50).Select(id => (float)id).ToArray(), scored.GetColumn<float>("Id").ToArray());
        // A score that is asked for and never read costs nothing either.
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        while (cursor.MoveNext())
            Assert.IsTrue(cursor.IsColumnActive(scored.Schema["Score"]));
        Assert.AreEqual(0, CountingNetwork.Forwards);
    }

    [TestMethod]
    public void ASourceThatDoesNotRepeatStillGivesEachRowItsOwnScore()
    {
        FuseTransformer transformer = Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), "Key",
            options: new() { MaxEpochs = 1, BatchSize = 8 }).Fit(_ml.Data.LoadFromEnumerable(Samples.Blobs(20))));
        IDataView scored = transformer.Transform(Samples.NotRepeating(_ml, 100));
        Scored[] rows = [.. _ml.Data.CreateEnumerable<Scored>(scored, reuseRowObject: false)];
        Assert.HasCount(100, rows);
        using var scope = NewDisposeScope();
        Tensor expected = nn.functional.softmax(Learning.Forward(transformer.Network, rows.Select(row => new Sample { Features = row.Features })), 1);
        Tensor actual = tensor(rows.SelectMany(row => row.Score).ToArray()).reshape(100, 3);
        Assert.IsTrue(expected.allclose(actual, atol: 1e-6));
        for (int i = 0; i < rows.Length; i++)
            Assert.AreEqual((uint)Array.IndexOf(rows[i].Score, rows[i].Score.Max()) + 1, rows[i].PredictedLabel);
    }

    [TestMethod]
    public void ScoresAreTheSoftmaxOfTheNetworksOutput()
    {
        FuseTransformer transformer = Own(Learning.Classify());
        using var scope = NewDisposeScope();
        Tensor expected = nn.functional.softmax(Learning.Forward(transformer.Network, Samples.Blobs(30)), 1);
        float[][] scores = Learning.Scores(transformer.Transform(Samples.Keyed(_ml, 30)));
        for (int row = 0; row < 30; row++)
            for (int c = 0; c < 3; c++)
                Assert.AreEqual(expected[row, c].item<float>(), scores[row][c], 1e-6f);
    }

    [TestMethod]
    public void ManyThreadsScoreAtOnce()
    {
        FuseTransformer transformer = Own(Learning.Classify(network: Network.Of<DropoutClassifier>()));
        float[][] expected = Learning.Scores(transformer.Transform(Samples.Keyed(_ml, 500)));
        Task<float[][]>[] tasks = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => Learning.Scores(transformer.Transform(Samples.Keyed(new MLContext(), 500)))))];
        foreach (Task<float[][]> task in tasks)
            Learning.AreEqual(expected, task.Result);
    }

    [TestMethod]
    public void AScoreThatIsNotANumberPredictsNoLabel()
    {
        FuseTransformer transformer = Own(Learning.Classify());
        Sample[] rows = Samples.Blobs(3);
        rows[1].Features = [float.NaN, 1];
        uint[] labels = [.. transformer.Transform(Samples.Keyed(_ml, rows)).GetColumn<uint>("PredictedLabel")];
        Assert.AreEqual(0u, labels[1]);
        Assert.AreNotEqual(0u, labels[0]);
        Assert.AreNotEqual(0u, labels[2]);
    }

    public sealed class OneRow : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _linear = nn.Linear(2, 3);

        public OneRow()
            : base(nameof(OneRow)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _linear.call(training ? input : input.narrow(0, 0, 1));
    }

    private sealed class Scored
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public float[] Score { get; set; } = [];

        public uint PredictedLabel { get; set; }
    }
}
