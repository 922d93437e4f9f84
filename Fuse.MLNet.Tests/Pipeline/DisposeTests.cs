using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Disposes models while they are used, and uses them afterwards.</summary>
[TestClass]
public sealed class DisposeTests : LeakCheckedTest
{
    private const int Rounds = 20;

    [TestMethod]
    public void DisposingWhileThreadsScoreEndsThemCleanly()
    {
        int ended = 0;
        for (int round = 0; round < Rounds; round++)
        {
            FuseTransformer transformer = Learning.Classify(rows: 12, network: Network.Of<DropoutClassifier>());
            using var scoring = new CountdownEvent(3);
            void Score()
            {
                IDataView view = Samples.Keyed(new MLContext(), 60);
                scoring.Signal();
                try
                {
                    for (int i = 0; i < 10_000; i++)
                        Assert.HasCount(60, Learning.Scores(transformer.Transform(view)));
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref ended);
                }
            }

            int delay = round;
            OnOtherThreads(Score, Score, Score, () =>
            {
                scoring.Wait();
                Thread.Sleep(delay);
                transformer.Dispose();
                transformer.Dispose();
            });
        }
        Assert.AreEqual(3 * Rounds, ended, "Scoring went on after Dispose.");
    }

    [TestMethod]
    public void ADisposedModelSaysSo()
    {
        var ml = new MLContext(seed: 1);
        IDataView view = Samples.Keyed(ml, 12);
        FuseTransformer transformer = Learning.Classify(rows: 12);
        IDataView before = transformer.Transform(view);
        transformer.Dispose();
        string path = Path.Combine(Folder, "model.zip");
        foreach ((string name, Action use) in new (string, Action)[]
        {
            ("Network", () => _ = transformer.Network),
            ("CreateModule", () => transformer.CreateModule()),
            ("Save", () => ml.Model.Save(transformer, view.Schema, path)),
            ("Transform", () => transformer.Transform(view)),
            ("GetOutputSchema", () => transformer.GetOutputSchema(view.Schema)),
            ("a view of before", () => Learning.Scores(before)),
        })
            Assert.ThrowsExactly<ObjectDisposedException>(use, name);
        // What was learned is no memory of the network.
        Assert.HasCount(1, transformer.History.Epochs);
        Assert.AreEqual(StopReason.Completed, transformer.StopReason);
    }

    [TestMethod]
    public void ACopyOutlivesTheModel()
    {
        FuseTransformer transformer = Learning.Classify(rows: 12);
        nn.Module copy = Own(transformer.CreateModule());
        byte[] weights = Learning.Weights(copy);
        CollectionAssert.AreEqual(weights, Learning.Weights(transformer.Network));
        transformer.Dispose();
        CollectionAssert.AreEqual(weights, Learning.Weights(copy));
        using Tensor output = Learning.Forward(copy, Samples.Blobs(2));
        CollectionAssert.AreEqual(new long[] { 2, 3 }, output.shape);
    }
}
