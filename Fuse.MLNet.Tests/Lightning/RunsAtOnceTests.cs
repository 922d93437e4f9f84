using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Uses models while a run on another thread stands still in the middle of an epoch.</summary>
[TestClass]
public sealed class RunsAtOnceTests : LeakCheckedTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [TestMethod]
    [DataRow("load")]
    [DataRow("copy")]
    [DataRow("fit")]
    [DataRow("score")]
    public void ARunThatStandsStillKeepsNobodyWaiting(string work)
    {
        var ml = new MLContext(seed: 1);
        FuseTransformer transformer = Own(Learning.Classify(network: Network.Of<DropoutClassifier>()));
        byte[] weights = Learning.Weights(transformer.Network);
        IDataView view = Samples.Keyed(ml, 60);
        string path = Path.Combine(Folder, "model.zip");
        ml.Model.Save(transformer, view.Schema, path);
        byte[] Load()
        {
            using var loaded = (FuseTransformer)new MLContext().Model.Load(path, out _);
            return Learning.Weights(loaded.Network);
        }

        byte[] Copy()
        {
            using nn.Module copy = transformer.CreateModule();
            return Learning.Weights(copy);
        }

        byte[] Fit()
        {
            using FuseTransformer other = Learning.Classify(network: Network.Of<DropoutClassifier>());
            return Learning.Weights(other.Network);
        }

        byte[] Score()
        {
            Learning.Scores(transformer.Transform(Samples.Keyed(new MLContext(), 20)));
            return Learning.Weights(transformer.Network);
        }

        Func<byte[]> run = work switch { "load" => Load, "copy" => Copy, "fit" => Fit, _ => Score };
        manual_seed(99);
        using Tensor before = random.get_rng_state();
        using var standing = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        bool finished = false;
        byte[] standingWeights = [];
        byte[] found = [];
        OnOtherThreads(() =>
        {
            var wait = new CancelAt(() =>
            {
                standing.Set();
                finished = done.Wait(Patience);
            }, step: 2);
            using FuseTransformer held = Learning.Classify(options: new() { MaxEpochs = 1, BatchSize = 16, Callbacks = { wait } }, network: Network.Of<DropoutClassifier>());
            standingWeights = Learning.Weights(held.Network);
        }, () =>
        {
            Assert.IsTrue(standing.Wait(Patience));
            found = run();
            done.Set();
        });
        Assert.IsTrue(finished, "The work had to wait for the run.");
        CollectionAssert.AreEqual(weights, found);
        CollectionAssert.AreEqual(weights, standingWeights, "The run was disturbed.");
        using Tensor after = random.get_rng_state();
        Assert.IsTrue(before.Equals(after), "The caller's random state changed.");
    }
}
