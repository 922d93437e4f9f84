using Microsoft.ML;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class CancellationTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.25)]
    public void CancellingInBetweenReturnsTheModelSoFar(double validationFraction)
    {
        using var source = new CancellationTokenSource();
        var log = new LogRecorder(_ml)
        {
            Received = message =>
        {
            if (message.StartsWith("epoch 2/", StringComparison.Ordinal))
                source.Cancel();
        }
        };
        IDataView view = Samples.Keyed(_ml, 40);
        FuseTransformer transformer = Own(Learning.Classifier(_ml, new() { MaxEpochs = 100, CancellationToken = source.Token, ValidationFraction = validationFraction }).Fit(view));
        Assert.AreEqual(StopReason.Cancelled, transformer.StopReason);
        Assert.HasCount(2, transformer.History.Epochs);
        Assert.Contains("epoch 2/100", log.Text);
        Assert.DoesNotContain("epoch 3/100", log.Text);

        FuseTransformer two = Own(Learning.Classify(rows: 40, options: new() { MaxEpochs = 2, ValidationFraction = validationFraction }));
        CollectionAssert.AreEqual(Learning.Weights(two.Network), Learning.Weights(transformer.Network));
        CheckUsable(transformer, view);
    }

    [TestMethod]
    public void CancellingBeforeThereIsAModelThrows()
    {
        IDataView view = Samples.Keyed(_ml, 40);
        FuseTrainer trainer = Learning.Classifier(_ml, new() { CancellationToken = new CancellationToken(canceled: true) });
        Assert.Throws<OperationCanceledException>(() => trainer.Fit(view));
    }

    [TestMethod]
    [DataRow(100)]
    [DataRow(5000)]
    public void CancellingWhileRowsAreReadThrowsAtOnce(int row)
    {
        using var source = new CancellationTokenSource();
        int read = 0;
        IEnumerable<Sample> Rows()
        {
            for (; ; read++)
            {
                if (read == row)
                    source.Cancel();
                yield return new Sample { Features = [1, 2], Key = 1 };
            }
        }

        FuseTrainer trainer = _ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), "Key", options: new() { CancellationToken = source.Token });
        Assert.Throws<OperationCanceledException>(() => trainer.Fit(_ml.Data.LoadFromEnumerable(Rows())));
        // Each row may have taken a second to come.
        Assert.IsLessThanOrEqualTo(row + 1, read);
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(4, 2)]
    public void CancellingAfterAStepReturnsTheModelAndSaysWhere(int step, int epoch)
    {
        using var source = new CancellationTokenSource();
        var log = new LogRecorder(_ml);
        FuseTransformer transformer = Own(Learning.Classifier(_ml, new()
        {
            MaxEpochs = 9,
            BatchSize = 16,
            CancellationToken = source.Token,
            Callbacks = { new CancelAt(source.Cancel, step) },
        }).Fit(Samples.Keyed(_ml, 48)));
        Assert.AreEqual(StopReason.Cancelled, transformer.StopReason);
        Assert.Contains($"Info: cancelled in epoch {epoch}, step {step}", log.Text);
        FuseTransformer expected = Own(Learning.Classify(rows: 48, options: new() { MaxEpochs = 9, BatchSize = 16, MaxSteps = step }));
        CollectionAssert.AreEqual(Learning.Weights(expected.Network), Learning.Weights(transformer.Network));
    }

    private void CheckUsable(FuseTransformer transformer, IDataView view)
    {
        float[][] scores = Learning.Scores(transformer.Transform(view));
        Assert.IsTrue(scores.All(row => Math.Abs(row.Sum() - 1) < 1e-5));
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(transformer, view.Schema, path);
        var loaded = (FuseTransformer)Own(_ml.Model.Load(path, out _));
        Learning.AreEqual(scores, Learning.Scores(loaded.Transform(view)), 1e-6f);
        Assert.AreEqual(transformer.StopReason, loaded.StopReason);
    }
}
