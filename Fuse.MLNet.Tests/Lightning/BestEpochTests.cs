using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Trains a line whose training rows say y = 2x and whose validation rows say y = x, so that it gets better and then worse.</summary>
[TestClass]
public sealed class BestEpochTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void TheBestWeightsAreRestored()
    {
        FuseTransformer transformer = Own(Fit(new() { MaxEpochs = 12, Optimizer = Optimizers.SGD(0.05) }));
        double[] losses = [.. transformer.History["validation.losses.total_loss"]];
        int best = Array.IndexOf(losses, losses.Min());
        Assert.AreEqual(best, transformer.BestEpoch);
        Assert.IsInRange(1, 10, best, "The case must have its best epoch in the middle.");
        Assert.HasCount(12, transformer.History.Epochs);
        double weight = Weight(transformer);
        Assert.AreEqual(losses.Min(), Validation().Average(row => Math.Pow((weight * row.X[0]) - row.Y, 2)), 1e-5);
    }

    [TestMethod]
    public void TheLastWeightsAreKeptWhenAskedForOrWithoutValidation()
    {
        FuseTransformer last = Own(Fit(new() { MaxEpochs = 12, Optimizer = Optimizers.SGD(0.05), RestoreBestWeights = false }));
        Assert.IsNull(last.BestEpoch);
        Assert.IsGreaterThan(1.5, Weight(last));
        FuseTransformer without = Own(Trainer(new() { MaxEpochs = 12, Optimizer = Optimizers.SGD(0.05) }).Fit(_ml.Data.LoadFromEnumerable(Training())));
        Assert.IsNull(without.BestEpoch);
        Assert.AreEqual(Weight(last), Weight(without));
    }

    [TestMethod]
    public void AnyLoggedNameDecidesEitherWay()
    {
        FuseTransformer train = Own(Fit(new() { MaxEpochs = 8, Optimizer = Optimizers.SGD(0.05), BestEpochSource = [new("train.losses.total_loss")] }));
        Assert.AreEqual(7, train.BestEpoch);
        FuseTransformer worst = Own(Fit(new() { MaxEpochs = 8, Optimizer = Optimizers.SGD(0.05), BestEpochSource = [new("train.losses.total_loss", MonitorMode.Max)] }));
        Assert.AreEqual(0, worst.BestEpoch);
    }

    private FuseTransformer Fit(FuseTrainer.TrainingOptions options) =>
        Trainer(options).Fit(_ml.Data.LoadFromEnumerable(Training()), _ml.Data.LoadFromEnumerable(Validation()));

    private FuseTrainer Trainer(FuseTrainer.TrainingOptions options) => _ml.Fuse().Train(Network.Of<LineNetwork>(), new TensorColumn("X"), "Y", options: options);

    private static double Weight(FuseTransformer transformer) => transformer.Network.parameters().Single().item<float>();

    private static Line[] Training() => [.. Enumerable.Range(1, 32).Select(i => new Line { X = [i / 16f], Y = i / 8f })];

    private static Line[] Validation() => [.. Enumerable.Range(1, 10).Select(i => new Line { X = [i / 5f], Y = i / 5f })];
}
