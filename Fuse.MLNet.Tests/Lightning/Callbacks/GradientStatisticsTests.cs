using Microsoft.ML;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class GradientStatisticsTests : LeakCheckedTest
{
    [TestMethod]
    public void MeanAndMaximumOfTheNormAreLogged()
    {
        FuseTransformer model = Train(new());
        // Whatever the rows of the two batches of 2 are, their gradients are those of the inputs' means.
        (double[] first, double[] second) = (Norms(model, 0), Norms(model, 1));
        Assert.AreEqual(first.Average(), model.History["gradients.norm"][0], 1e-5);
        Assert.AreEqual(first.Max(), model.History["gradients.norm_max"][0], 1e-5);
        Assert.AreEqual(second.Average(), model.History["gradients.norm"][1], 1e-5);
        Assert.IsFalse(model.History.Epochs[0].Values.Any(value => value.Name.StartsWith("updates", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void ClippedGradientsAreCounted()
    {
        FuseTransformer model = Train(new() { GradientClipNorm = 0.125 });
        Assert.AreEqual(0.125, model.History["gradients.norm"][0], 1e-5);
        Assert.AreEqual(0.125, model.History["gradients.norm_max"][0], 1e-5);
    }

    [TestMethod]
    public void PartsAndUpdatesAreLoggedWhenAsked()
    {
        FuseTransformer model = Train(new(), new GradientStatistics { PerPart = true, UpdateRatio = true });
        for (int epoch = 0; epoch < 2; epoch++)
        {
            Assert.AreEqual(Norms(model, epoch, weightOnly: true).Average(), model.History["gradients.a.norm"][epoch], 1e-5);
            Assert.AreEqual(3.0, model.History["gradients.b.norm"][epoch], 1e-5);
        }

        double[] ratios = [.. Batches(model).Select(batch => 0.5 * batch.Norm / batch.Weights)];
        Assert.AreEqual(ratios[..2].Average(), model.History["updates.ratio"][0], 1e-5);
        Assert.AreEqual(ratios[2..].Average(), model.History["updates.ratio"][1], 1e-5);
    }

    [TestMethod]
    public void ResumedEpochHasTheSameValues()
    {
        FuseTrainer.TrainingOptions Options(string folder) => new() { ModelDirectory = Path.Combine(Folder, folder) };
        var all = new GradientStatistics { PerPart = true, UpdateRatio = true };
        FuseTransformer whole = Train(Options("whole"), all);
        using var cancellation = new CancellationTokenSource();
        FuseTrainer.TrainingOptions interrupted = Options("parts");
        interrupted.CancellationToken = cancellation.Token;
        interrupted.Callbacks.Add(new CancelAt(cancellation.Cancel, step: 3));
        Train(interrupted, all);
        FuseTrainer.TrainingOptions resumed = Options("parts");
        resumed.ResumeFrom = "last";
        FuseTransformer parts = Train(resumed, all);
        Assert.AreEqual(whole.History, parts.History);
    }

    /// <summary>Gets the norms of an epoch's gradients: of the inputs' mean for <c>a</c>, and 3 for <c>b</c>.</summary>
    private static double[] Norms(FuseTransformer model, int epoch, bool weightOnly = false) =>
        [.. Batches(model).Skip(2 * epoch).Take(2).Select(batch => weightOnly ? batch.A : batch.Norm)];

    /// <summary>Repeats the run by the public order of rows: the loss is mean(x) a + 3 b, from weights of 2 and 1, at a rate of 0.5.</summary>
    private static IEnumerable<(double A, double Norm, double Weights)> Batches(FuseTransformer model)
    {
        (double a, double b) = (2, 1);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            foreach (int[] rows in TrainingSeeds.Permutation(4, model.Seed, epoch).Chunk(2))
            {
                double mean = rows.Average(row => 1.0 + row);
                yield return (mean, Math.Sqrt((mean * mean) + 9), Math.Sqrt((a * a) + (b * b)));
                (a, b) = (a - (0.5 * mean), b - 1.5);
            }
        }
    }

    private FuseTransformer Train(FuseTrainer.TrainingOptions options, GradientStatistics? statistics = null)
    {
        var ml = new MLContext(seed: 1);
        options.MaxEpochs = 2;
        options.BatchSize = 2;
        options.Optimizer = Optimizers.SGD(0.5);
        options.Callbacks.Add(statistics ?? new GradientStatistics());
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(i => new Line { X = [1 + i], Y = 0 }));
        return Own(ml.Fuse().Train(Network.Of<TwoNumbers>(), new TensorColumn("X"), "Y", Loss.Of((p, _) => p.mean()), options).Fit(rows));
    }

    /// <summary>Computes a x + 3 b.</summary>
    public sealed class TwoNumbers : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter _a = nn.Parameter(full(1, 2.0f));
        private readonly TorchSharp.Modules.Parameter _b = nn.Parameter(ones(1));

        public TwoNumbers()
            : base(nameof(TwoNumbers))
        {
            register_parameter("a", _a);
            register_parameter("b", _b);
        }

        public override Tensor forward(Tensor input) => (input * _a) + (3 * _b);
    }
}
