namespace Fuse.MLNet.Tests;

/// <summary>Checks every loss's gradient and its behaviour at the edges.</summary>
[TestClass]
public sealed class LossGradientTests : LossTest
{
    private const double Step = 1e-6;

    public static IEnumerable<object[]> Samples => LossSamples.All.Keys.Select(name => new object[] { name });

    public static IEnumerable<object[]> LeavingOut => LossSamples.All.Values.Where(sample => sample.LeavesOut).Select(sample => new object[] { sample.Name });

    public static IEnumerable<object[]> RowByRow => LossSamples.All.Values.Where(sample => sample.LeavesOut && sample.Loss is not SupervisedContrastiveLoss)
        .Select(sample => new object[] { sample.Name });

    [TestMethod]
    [DynamicData(nameof(Samples))]
    public void GradientIsTheSlope(string name)
    {
        using var scope = NewDisposeScope();
        CheckSlope(name, LossSamples.All[name].Make(3, 4, ScalarType.Float64));
    }

    [TestMethod]
    [DynamicData(nameof(Samples))]
    public void GradientIsTheSlopeAtExtremeLogits(string name)
    {
        using var scope = NewDisposeScope();
        // Probabilities of exactly 0 and 1 lie at the edge of what is allowed, where only one side has a slope.
        if (!LossSamples.All[name].IsProbability)
            CheckSlope(name, LossSamples.All[name].Make(3, 4, ScalarType.Float64, isExtreme: true));
    }

    [TestMethod]
    [DynamicData(nameof(Samples))]
    public void LossAndGradientAreFiniteAtTheEdges(string name)
    {
        using var scope = NewDisposeScope();
        LossSample sample = LossSamples.All[name];
        CheckFinite(sample, sample.Make(3, 4, ScalarType.Float32, isExtreme: true), "extreme");
        CheckFinite(sample, sample.Make(2, 1, ScalarType.Float32), "one pixel");
        CheckFinite(sample, sample.Make(1, 4, ScalarType.Float32), "batch of one");
        CheckFinite(sample, sample.Make(1, 1, ScalarType.Float32, isExtreme: true), "one extreme pixel");
        BatchDict empty = sample.Make(3, 4, ScalarType.Float32, isExtreme: true);
        empty["t"] = zeros_like(empty["t"]);
        CheckFinite(sample, empty, "empty mask");
    }

    [TestMethod]
    [DynamicData(nameof(LeavingOut))]
    public void WithoutAnyTargetLossGradientAndRowsAreZero(string name)
    {
        using var scope = NewDisposeScope();
        LossSample sample = LossSamples.All[name];
        BatchDict batch = sample.Make(3, 4, ScalarType.Float32);
        batch["t"] = batch["t"].is_floating_point() ? full_like(batch["t"], double.NaN) : full_like(batch["t"], TensorColumn.MissingTarget);
        LossValue value = LossTesting.Loss(sample.Loss, batch);
        value.Value.backward();
        Assert.AreEqual(0, value.Value.ToDouble());
        Assert.AreEqual(0, value.Rows);
        Assert.IsTrue(batch["p"].grad!.eq(0).all().ToBoolean());
    }

    // A row without a class still stands in the softmax of the other rows' contrast.
    [TestMethod]
    [DynamicData(nameof(RowByRow))]
    public void RowsWithoutTargetsChangeNothing(string name)
    {
        using var scope = NewDisposeScope();
        LossSample sample = LossSamples.All[name];
        BatchDict batch = sample.Make(4, 4, ScalarType.Float64);
        LossValue alone = LossTesting.Loss(sample.Loss, batch.SelectRows(tensor(new long[] { 0, 1, 2 })));
        Tensor missing = batch["t"].clone();
        missing[3] = missing.is_floating_point() ? double.NaN : TensorColumn.MissingTarget;
        batch["t"] = missing;
        LossValue with = LossTesting.Loss(sample.Loss, batch);
        Assert.AreEqual(alone.Value.ToDouble(), with.Value.ToDouble(), 1e-12);
        Assert.AreEqual(alone.Rows, with.Rows);
    }

    [TestMethod]
    [DynamicData(nameof(Samples))]
    public void NothingOfTheBatchIsChanged(string name)
    {
        using var scope = NewDisposeScope();
        LossSample sample = LossSamples.All[name];
        BatchDict batch = sample.Make(3, 4, ScalarType.Float32);
        BatchDict before = batch.Copy();
        foreach (string key in batch.Keys.ToArray())
            before[key] = batch[key].detach().clone();
        LossTesting.Value(sample.Loss, batch).backward();
        Assert.IsTrue(before.Equals(batch));
    }

    private static void CheckSlope(string name, BatchDict batch)
    {
        LossBase loss = LossSamples.All[name].Loss;
        using var module = new LossModule("tested", loss);
        module.Forward(batch).Value.backward();
        foreach (string key in new[] { "p", "q" })
        {
            if (batch[key].grad is not { } gradient)
                continue;
            double[] point = batch[key].detach().cpu().data<double>().ToArray();
            double[] analytic = gradient.data<double>().ToArray();
            for (int i = 0; i < point.Length; i++)
            {
                double slope = (At(i, Step) - At(i, -Step)) / (2 * Step);
                Assert.AreEqual(slope, analytic[i], 1e-6 * Math.Max(1, Math.Abs(slope)), $"{key}[{i}]");
            }

            double At(int index, double step)
            {
                using var scope = NewDisposeScope();
                using var noGrad = no_grad();
                double[] moved = [.. point];
                moved[index] += step;
                BatchDict other = batch.Copy();
                other[key] = tensor(moved).reshape(batch[key].shape);
                return module.Forward(other).Value.ToDouble();
            }
        }
    }

    private static void CheckFinite(LossSample sample, BatchDict batch, string what)
    {
        Tensor value = LossTesting.Value(sample.Loss, batch);
        value.backward();
        Assert.IsTrue(double.IsFinite(value.ToDouble()), $"{what}: the loss is {value.ToDouble()}");
        Assert.IsTrue(batch["p"].grad!.isfinite().all().ToBoolean(), $"{what}: the gradient is not finite");
    }
}
