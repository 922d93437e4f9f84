using Microsoft.ML;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class DivergenceTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(DivergencePolicy.Stop)]
    [DataRow(DivergencePolicy.Throw)]
    public void ALossThatIsNeverFiniteThrows(DivergencePolicy policy)
    {
        Line[] rows = Rows();
        foreach (Line row in rows)
            row.X = [float.NaN];
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            Trainer(new() { OnDivergence = policy, NonFiniteFeatures = NonFiniteFeatures.Keep }).Fit(_ml.Data.LoadFromEnumerable(rows)));
        Assert.Contains("The loss 'loss' was NaN in epoch 1, step 0", error.Message);
    }

    [TestMethod]
    [DataRow(4)]
    [DataRow(32)]
    public void ADivergingRunKeepsFiniteWeights(int batchSize)
    {
        var log = new LogRecorder(_ml);
        FuseTransformer transformer = Own(Trainer(Diverging(batchSize)).Fit(_ml.Data.LoadFromEnumerable(Rows())));
        Assert.AreEqual(StopReason.Diverged, transformer.StopReason);
        Assert.Contains("Error: The loss 'loss' was", log.Text);
        Assert.MatchesRegex(@"in epoch \d+, step \d+\.", log.Text);
        Assert.IsTrue(transformer.Network.parameters().All(parameter => float.IsFinite(parameter.item<float>())));
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(transformer, _ml.Data.LoadFromEnumerable(Rows()).Schema, path);
        Assert.AreEqual(StopReason.Diverged, ((FuseTransformer)Own(_ml.Model.Load(path, out _))).StopReason);
    }

    [TestMethod]
    public void ADivergingRunThrowsWhenAskedTo()
    {
        FuseTrainer.TrainingOptions options = Diverging(4);
        options.OnDivergence = DivergencePolicy.Throw;
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Trainer(options).Fit(_ml.Data.LoadFromEnumerable(Rows())));
        Assert.MatchesRegex(@"^The loss 'loss' was .* in epoch \d+, step \d+\. Lower the learning rate", error.Message);
    }

    [TestMethod]
    public void TheRowsOfTheBatchAreNamed()
    {
        FuseTrainer.TrainingOptions options = Diverging(2);
        (options.OnDivergence, options.SampleIdColumnName) = (DivergencePolicy.Throw, "Y");
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Trainer(options).Fit(_ml.Data.LoadFromEnumerable(Rows())));
        Assert.MatchesRegex(@"step \d+ \(a batch with the rows '[\d.]+', '[\d.]+'\)\. Lower", error.Message);
    }

    [TestMethod]
    public void TheBestEpochBeforeTheDivergenceIsKept()
    {
        FuseTransformer transformer = Own(Trainer(Diverging(32)).Fit(_ml.Data.LoadFromEnumerable(Rows()), _ml.Data.LoadFromEnumerable(Rows())));
        Assert.AreEqual(StopReason.Diverged, transformer.StopReason);
        Assert.AreEqual(0, transformer.BestEpoch);
        double weight = transformer.Network.parameters().Single().item<float>();
        double expected = transformer.History["validation.losses.total_loss"][0];
        Assert.AreEqual(expected, Rows().Average(row => Math.Pow((weight * row.X[0]) - row.Y, 2)), expected * 1e-5);
    }

    private FuseTrainer Trainer(FuseTrainer.TrainingOptions options) => _ml.Fuse().Train(Network.Of<LineNetwork>(), new TensorColumn("X"), "Y", options: options);

    private static FuseTrainer.TrainingOptions Diverging(int batchSize) => new() { MaxEpochs = 100, BatchSize = batchSize, Optimizer = Optimizers.SGD(1000) };

    private static Line[] Rows() => [.. Enumerable.Range(1, 32).Select(i => new Line { X = [i / 16f], Y = i / 8f })];
}
