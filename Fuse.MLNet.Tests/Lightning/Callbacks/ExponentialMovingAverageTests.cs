using System.Reflection;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class ExponentialMovingAverageTests : LeakCheckedTest
{
    private const double Decay = 0.75;
    private const double Rate = 0.5;

    [TestMethod]
    [DataRow(1, false)]
    [DataRow(1, true)]
    [DataRow(2, false)]
    public void TheModelEndsWithTheAverageOfTheSteps(int accumulate, bool isValidated)
    {
        // Six batches an epoch; the loss is the weight, its gradient 1, so that after step t the weight is -Rate x t.
        FuseTransformer model = Descend(new() { MaxEpochs = 2, AccumulateBatches = accumulate, Callbacks = { new ExponentialMovingAverage(Decay) { WarmsUp = false } } }, isValidated);
        Assert.AreEqual(Average(12 / accumulate), Weight(model), 1e-5);
    }

    [TestMethod]
    public void ValidationSeesTheAverageAndTrainingDoesNot()
    {
        FuseTransformer model = Descend(new() { MaxEpochs = 3, Callbacks = { new ExponentialMovingAverage(Decay) { WarmsUp = false } } }, isValidated: true);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            // The mean over the weights before each of an epoch's six steps.
            Assert.AreEqual(-Rate * ((6 * epoch) + 2.5), model.History["train.losses.total_loss"][epoch], 1e-5);
            Assert.AreEqual(Average(6 * (epoch + 1)), model.History["validation.losses.total_loss"][epoch], 1e-5);
        }
    }

    [TestMethod]
    public void TheBestEpochsAverageIsKept()
    {
        // Larger is better: the first epoch is the best.
        FuseTrainer.TrainingOptions Options(bool restores) => new()
        {
            MaxEpochs = 3,
            BestEpochSource = [new("validation.losses.total_loss", MonitorMode.Max)],
            RestoreBestWeights = restores,
            Callbacks = { new ExponentialMovingAverage(Decay) { WarmsUp = false } },
        };
        FuseTransformer best = Descend(Options(restores: true), isValidated: true);
        Assert.AreEqual(0, best.BestEpoch);
        Assert.AreEqual(Average(6), Weight(best), 1e-5);
        Assert.AreEqual(Average(18), Weight(Descend(Options(restores: false), isValidated: true)), 1e-5);
    }

    [TestMethod]
    public void WarmUpLowersTheFirstDecays()
    {
        FuseTransformer model = Descend(new() { MaxEpochs = 1, Callbacks = { new ExponentialMovingAverage(0.3) { WarmsUp = true } } }, isValidated: false);
        double expected = 0;
        foreach (int step in Enumerable.Range(1, 6))
        {
            double decay = Math.Min(0.3, (1.0 + step) / (10 + step));
            expected = (decay * expected) - ((1 - decay) * Rate * step);
        }

        Assert.AreEqual(expected, Weight(model), 1e-5);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void BuffersAreThoseOfTrainingOrAveraged(bool isAveraged)
    {
        var seen = new List<float[]>();
        var ml = new MLContext(seed: 1);
        FuseTransformer model = Own(Learning.Classifier(ml, new()
        {
            MaxEpochs = 1,
            BatchSize = 16,
            Callbacks = { new ExponentialMovingAverage(Decay) { WarmsUp = false, AveragesBuffers = isAveraged }, new BufferReader(seen) },
        }, Network.Of<NormalizedClassifier>()).Fit(Samples.Keyed(ml, 60)));
        var network = (NormalizedClassifier)model.Network;
        // Running means start at 0.
        double[] expected = [0, 0];
        foreach (float[] values in seen)
            expected = isAveraged ? [.. expected.Zip(values, (average, value) => (Decay * average) + ((1 - Decay) * value))] : [.. values.Select(value => (double)value)];
        float[] actual = network.RunningMean();
        Assert.AreEqual(expected[0], actual[0], 1e-5);
        Assert.AreEqual(expected[1], actual[1], 1e-5);
        Assert.AreEqual(4, network.Batches());
    }

    [TestMethod]
    public void TrainingGoesOnWithItsOwnWeights()
    {
        FuseTransformer without = Own(Train("without", new()));
        FuseTransformer with = Own(Train("with", Averaged()));
        CollectionAssert.AreEqual(without.History["train.losses.total_loss"].ToArray(), with.History["train.losses.total_loss"].ToArray());
        CollectionAssert.AreNotEqual(Learning.Weights(without.Network), Learning.Weights(with.Network));
    }

    [TestMethod]
    [DataRow("batch 4", false)]
    [DataRow("batch 9", false)]
    [DataRow("epoch end 2", false)]
    [DataRow("validation start", false)]
    [DataRow("validation batch", false)]
    [DataRow("validation batch", true)]
    public void ResumedRunEndsWithTheBitsOfTheUninterruptedOne(string at, bool byContext)
    {
        FuseTransformer whole = Own(Train("whole", Averaged()));
        using var cancellation = new CancellationTokenSource();
        var ml = new MLContext(seed: 7);
        MethodInfo cancel = typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!;
        FuseTrainer.TrainingOptions interrupted = Averaged();
        interrupted.CancellationToken = cancellation.Token;
        interrupted.Callbacks.Add(new HookRecorder
        {
            Called = call =>
            {
                if (call == at && byContext)
                    cancel.Invoke(ml, null);
                else if (call == at)
                    cancellation.Cancel();
            },
        });
        if (byContext)
            Assert.Throws<OperationCanceledException>(() => Train("parts", interrupted, ml));
        else
            Assert.AreEqual(StopReason.Cancelled, Own(Train("parts", interrupted, ml)).StopReason);

        FuseTrainer.TrainingOptions resumed = Averaged();
        resumed.ResumeFrom = "last";
        FuseTransformer parts = Own(Train("parts", resumed));
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
        foreach (string file in new[] { "last.ckpt", "best_epoch.ckpt" })
            CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(Folder, "whole", file)), File.ReadAllBytes(Path.Combine(Folder, "parts", file)), file);
    }

    [TestMethod]
    public void RunCancelledInValidationReturnsTheAverage()
    {
        using var cancellation = new CancellationTokenSource();
        FuseTransformer model = Descend(new()
        {
            MaxEpochs = 2,
            CancellationToken = cancellation.Token,
            Callbacks = { new ExponentialMovingAverage(Decay) { WarmsUp = false }, new HookRecorder { Called = call => { if (call == "validation batch") cancellation.Cancel(); } } },
        }, isValidated: true);
        Assert.AreEqual(Average(6), Weight(model), 1e-5);
    }

    [TestMethod]
    public void AddedToAResumedRunItStartsFromItsWeights()
    {
        Descend(new() { MaxEpochs = 1, ModelDirectory = Folder }, isValidated: false);
        FuseTransformer model = Descend(new() { MaxEpochs = 2, ModelDirectory = Folder, ResumeFrom = "last", Callbacks = { new ExponentialMovingAverage(Decay) { WarmsUp = false } } }, isValidated: false);
        Assert.AreEqual((-Rate * 6) + Average(6), Weight(model), 1e-5);
    }

    [TestMethod]
    public void DivergedRunKeepsItsLastGoodWeights()
    {
        // Without validation those are the weights of training at the end of the first epoch.
        FuseTransformer model = Descend(new() { MaxEpochs = 2, Callbacks = { new ExponentialMovingAverage(Decay) { WarmsUp = false }, new DivergeAt(9) } }, isValidated: false);
        Assert.AreEqual(StopReason.Diverged, model.StopReason);
        Assert.AreEqual(-Rate * 6, Weight(model), 1e-5);
    }

    [TestMethod]
    [DataRow(-0.1)]
    [DataRow(1.0)]
    [DataRow(double.NaN)]
    public void DecayMustBeAFraction(double decay) => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ExponentialMovingAverage(decay));

    /// <summary>Sums the average of weights -Rate x t after some steps, from 0: a(n) = d a(n-1) - (1 - d) Rate n.</summary>
    private static double Average(int steps) => -Rate * (steps - (Decay * (1 - Math.Pow(Decay, steps)) / (1 - Decay)));

    private static double Weight(FuseTransformer model) => model.Network.parameters().Single().item<float>();

    private static FuseTrainer.TrainingOptions Averaged() => new() { Callbacks = { new ExponentialMovingAverage(0.9) { WarmsUp = true, AveragesBuffers = true } } };

    private FuseTransformer Descend(FuseTrainer.TrainingOptions options, bool isValidated)
    {
        var ml = new MLContext(seed: 1);
        options.BatchSize = 2;
        options.Optimizer = Optimizers.SGD(Rate);
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 12).Select(i => new Line { X = [1], Y = i }));
        FuseTrainer trainer = ml.Fuse().Train(Network.Of<LineNetwork>(), new TensorColumn("X"), "Y", Loss.Of((p, _) => p.mean()), options);
        return Own(isValidated ? trainer.Fit(rows, rows) : trainer.Fit(rows));
    }

    private FuseTransformer Train(string folder, FuseTrainer.TrainingOptions options, MLContext? ml = null)
    {
        options.MaxEpochs = 4;
        options.BatchSize = 16;
        options.ValidationFraction = 0.2;
        options.Optimizer = Optimizers.Adam(0.05);
        options.ModelDirectory = Path.Combine(Folder, folder);
        ml ??= new MLContext(seed: 7);
        return Learning.Classifier(ml, options, Network.Of<NormalizedClassifier>()).Fit(Samples.Keyed(ml, 75));
    }

    private sealed class BufferReader(List<float[]> seen) : Callback
    {
        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) =>
            seen.Add(context.Module.named_buffers().Single(buffer => buffer.name.EndsWith("running_mean", StringComparison.Ordinal)).buffer.data<float>().ToArray());
    }

    private sealed class DivergeAt(long step) : Callback
    {
        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
        {
            if (context.GlobalStep == step)
                context.Diverge("It was asked to");
        }
    }
}
