using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Tests the losses that wrap functions, modules and other losses.</summary>
[TestClass]
public sealed class LossWrapperTests : LossTest
{
    private const double Tolerance = 1e-6;
    private static readonly LossCrossEntropy CrossEntropy = new() { Pred = "p", Target = "t" };

    [TestMethod]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    public void WarmUpIsAZeroThatGoesBackwardWhateverThePredictionHolds(double value)
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> network = nn.Linear(2, 3);
        var batch = new BatchDict { RowCount = 4, Phase = Phase.Train, ["p"] = network.call(ones(4, 2)) + value, ["t"] = zeros(4, ScalarType.Int64) };
        Tensor zero = LossTesting.Value(new LossWarmUp(CrossEntropy with { Weight = 3 }, 1) { Weight = 2 }, batch);
        zero.backward();
        Assert.AreEqual(0, zero.ToDouble());
        Assert.IsTrue(network.parameters().All(parameter => parameter.grad!.eq(0).all().ToBoolean()));
    }

    [TestMethod]
    public void WarmUpOfALossWithoutAPredictionGoesBackward()
    {
        using var scope = NewDisposeScope();
        var contrastive = new SupervisedContrastiveLoss { FeatI = "p", FeatJ = "p", TargetI = "t", TargetJ = "t" };
        BatchDict batch = Batch();
        batch.Phase = Phase.Train;
        LossTesting.Value(new LossWarmUp(contrastive, 1), batch).backward();
        Assert.IsTrue(batch["p"].grad!.eq(0).all().ToBoolean());
        // Nothing of the batch takes a gradient: the zero itself does.
        var inputs = new BatchDict { RowCount = 4, Phase = Phase.Train, ["p"] = randn(4, 3), ["t"] = batch["t"] };
        LossTesting.Value(new LossWarmUp(contrastive, 1), inputs).backward();
    }

    [TestMethod]
    public void WarmUpBuildsTheInnerModuleAndKeepsItsLink()
    {
        using var module = new LossModule("warm", new LossWarmUp(new LossDefault(() => new ScaledError(), "p", "t"), 1));
        CollectionAssert.AreEqual(new[] { "loss.scale" }, module.named_parameters().Select(parameter => parameter.name).ToArray());
        var warm = new LossWarmUp(CrossEntropy, 1);
        Assert.AreEqual(Activation.Softmax, warm.Link);
        Assert.AreEqual("p", warm.PredictionKey);
    }

    [TestMethod]
    public void ModuleOfThreeTensorsGetsItsArgumentsByName()
    {
        using var scope = NewDisposeScope();
        var batch = new BatchDict { RowCount = 4, ["a"] = randn(4, 3).requires_grad_(), ["b"] = randn(4, 3), ["c"] = randn(4, 3) };
        var loss = new LossWrapToDict(() => nn.TripletMarginLoss(margin: 0.5), new Dictionary<string, string> { ["negative"] = "c", ["anchor"] = "a", ["positive"] = "b" }) { Weight = 2 };
        Tensor value = LossTesting.Value(loss, batch);
        value.backward();
        using Tensor expected = nn.functional.triplet_margin_loss(batch["a"], batch["b"], batch["c"], margin: 0.5);
        Assert.AreEqual(2 * expected.ToDouble(), value.ToDouble(), Tolerance);
        var cosine = new LossWrapToDict(() => nn.CosineEmbeddingLoss(), new Dictionary<string, string> { ["input1"] = "a", ["input2"] = "b", ["target"] = "y" });
        batch["y"] = ones(4);
        using Tensor similar = nn.functional.cosine_embedding_loss(batch["a"], batch["b"], batch["y"]);
        Assert.AreEqual(similar.ToDouble(), LossTesting.Value(cosine, batch).ToDouble(), Tolerance);
    }

    [TestMethod]
    public void ModulesWithParametersTrain()
    {
        using var scope = NewDisposeScope();
        LossBase[] losses =
        [
            new LossDefault(() => new ScaledError(), "p", "y"),
            new LossWrapToDict(() => new ScaledError(), new Dictionary<string, string> { ["input"] = "p", ["target"] = "y" }),
            Loss.Sum(("one", new LossMeanSquaredError { Pred = "p", Target = "y" }), ("two", new LossDefault(() => new ScaledError(), "p", "y"))),
            new LossMasked(new LossDefault(() => new ScaledError(isReduced: false), "p", "y"), "m"),
        ];
        foreach (LossBase loss in losses)
        {
            BatchDict batch = Batch();
            using var module = new LossModule("l", loss);
            module.Forward(batch).Value.backward();
            TorchSharp.Modules.Parameter scale = module.parameters().Single();
            Assert.AreNotEqual(0, scale.grad!.ToDouble());
        }
    }

    [TestMethod]
    public void ModuleInstanceIsTakenWhenItHasNoState()
    {
        using var scope = NewDisposeScope();
        using var module = nn.MSELoss();
        BatchDict batch = Batch();
        var loss = new LossDefault(module, "p", "y");
        using Tensor expected = nn.functional.mse_loss(batch["p"], batch["y"]);
        Assert.AreEqual(expected.ToDouble(), LossTesting.Value(loss, batch).ToDouble(), Tolerance);
        // Computing a run's losses, and disposing of the run, leaves the caller's module as it is.
        Assert.AreEqual(expected.ToDouble(), LossTesting.Value(loss, batch).ToDouble(), Tolerance);
        using var scaled = new ScaledError();
        Assert.Contains("() => new ScaledError", Assert.Throws<ArgumentException>(() => new LossDefault(scaled, "p", "y")).Message);
    }

    [TestMethod]
    public void RowsWithoutATargetNeverReachTheFunction()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch();
        batch["t"] = tensor(new long[] { 0, -100, 2, -100 });
        var seen = new List<long>();
        var loss = new LossDefault((p, t) => Note(seen, t, nn.functional.cross_entropy(p, t)), "p", "t");
        LossValue value = LossTesting.Loss(loss, batch);
        Assert.AreEqual(2, value.Rows);
        CollectionAssert.AreEqual(new long[] { 0, 2 }, seen);
        using Tensor expected = nn.functional.cross_entropy(batch["p"], batch["t"]);
        Assert.AreEqual(expected.ToDouble(), value.Value.ToDouble(), Tolerance);
    }

    [TestMethod]
    public void AnEmptyBatchGivesAZeroWithoutRows()
    {
        using var scope = NewDisposeScope();
        foreach (LossSample sample in LossSamples.All.Values.Where(sample => sample.LeavesOut))
        {
            BatchDict batch = sample.Make(2, 4, ScalarType.Float32).SelectRows(zeros(0, ScalarType.Int64));
            LossValue value = LossTesting.Loss(sample.Loss, batch);
            value.Value.backward();
            Assert.AreEqual(0, value.Value.ToDouble(), sample.Name);
            Assert.AreEqual(0, value.Rows, sample.Name);
        }
    }

    [TestMethod]
    public void SumIsTheSumOfItsPartsAndTheirGradients()
    {
        using var scope = NewDisposeScope();
        LossSample sample = LossSamples.All["Dice and cross-entropy"];
        BatchDict batch = sample.Make(3, 4, ScalarType.Float64);
        var combined = (LossCombined)sample.Loss;
        LossTesting.Value(combined, batch).backward();
        using Tensor together = batch["p"].grad!.clone();
        batch["p"].grad = null;
        Tensor apart = combined.Losses.Select(part => LossTesting.Value(part.Loss, batch)).Aggregate((left, right) => left + right);
        apart.backward();
        Assert.AreEqual(apart.ToDouble(), LossTesting.Value(combined, batch).ToDouble(), 1e-12);
        LossTesting.AreClose(batch["p"].grad!, together, 1e-12, "gradient");
    }

    [TestMethod]
    public void SumTakesPartsThatLeaveDifferentRowsOutAndPartsWithoutRows()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch();
        batch["t"] = tensor(new long[] { 0, -100, 2, 1 });
        batch["y"] = tensor(new[] { 1, 2, double.NaN, 4 }).to(ScalarType.Float32).unsqueeze(1).expand(4, 3);
        var rows = new LossDefault((p, t) => nn.functional.cross_entropy(p, t, reduction: nn.Reduction.None), "p", "t");
        var squares = new LossMeanSquaredError { Pred = "p", Target = "y", Weight = 0.5 };
        var scalar = new LossDefault((p, t) => nn.functional.cross_entropy(p, t), "p", "t");
        foreach (LossCombined loss in new[] { Loss.Sum(("a", rows), ("b", squares)), Loss.Sum(("a", scalar), ("b", squares)) })
        {
            double expected = loss.Losses.Sum(part => LossTesting.Value(part.Loss, batch).ToDouble());
            LossValue value = LossTesting.Loss(loss, batch);
            Assert.AreEqual(expected, value.Value.ToDouble(), Tolerance);
            Assert.AreEqual(loss.Losses[0].Loss == rows ? 4 : 3, value.Rows);
        }
    }

    [TestMethod]
    public void SumHasTheLinkThatItsPartsAgreeOn()
    {
        Assert.AreEqual(Activation.Softmax, Loss.DiceCrossEntropy().Link);
        Assert.AreEqual(BatchKeys.Logits, Loss.DiceCrossEntropy().PredictionKey);
        Assert.AreEqual(Activation.None, Loss.Sum(("a", Loss.CrossEntropy()), ("b", Loss.BinaryCrossEntropy())).Link);
    }

    [TestMethod]
    public void MaskedElementsLeaveSumAndCount()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch();
        Tensor mask = tensor(new[] { true, false, true, true, true, false, false, true, true, true, true, false }).reshape(4, 3);
        batch["m"] = mask;
        var loss = new LossMasked(new LossMeanSquaredError { Pred = "p", Target = "y" }, "m");
        using Tensor expected = (batch["p"] - batch["y"]).square().masked_select(mask).mean();
        Assert.AreEqual(expected.ToDouble(), LossTesting.Value(loss, batch).ToDouble(), Tolerance);
        batch["m"] = zeros(4);
        LossValue none = LossTesting.Loss(loss, batch);
        Assert.AreEqual(0, none.Value.ToDouble());
        Assert.AreEqual(0, none.Rows);
    }

    [TestMethod]
    public void RowsLeftOutInsideAnotherLossAreRefusedWithExampleWeights()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch();
        LossBase inner = CrossEntropy with { Preprocess = given => given.SelectRows(given["m"]) };
        double alone = LossTesting.Value(inner, batch).ToDouble();
        Assert.AreEqual(alone, LossTesting.Value(new LossWarmUp(inner, 0), batch).ToDouble(), Tolerance);
        batch[BatchKeys.ExampleWeight] = ones(4);
        Assert.AreEqual(alone, LossTesting.Value(inner, batch).ToDouble(), Tolerance);
        Assert.Contains("Preprocess", Assert.Throws<InvalidOperationException>(() => LossTesting.Value(new LossWarmUp(inner, 0), batch)).Message);
    }

    [TestMethod]
    public void RunWhoseOnlyLossWaitsTrainsNothing()
    {
        var ml = new MLContext(seed: 1);
        Point[] points = [.. Enumerable.Range(0, 32).Select(at => new Point { Features = [at / 32f, 1], Label = at % 3 })];
        IDataView view = ml.Data.LoadFromEnumerable(points);
        using FuseTransformer model = ml.Fuse().Train(Network.Of(() => nn.Linear(2, 1)), new TensorColumn("Features"), "Label", Loss.WarmUp(Loss.MeanSquaredError(), 1000),
            new() { MaxEpochs = 2, BatchSize = 8, Optimizer = Optimizers.SGD(0.1) }).Fit(view, view);
        CollectionAssert.AreEqual(new[] { 0.0, 0.0 }, model.History["train.losses.loss"].ToArray());
        double[] validation = [.. model.History["validation.losses.loss"]];
        Assert.IsTrue(validation[0] > 0);
        Assert.AreEqual(validation[0], validation[1]);
    }

    private static Tensor Note(List<long> seen, Tensor target, Tensor loss)
    {
        seen.AddRange(target.data<long>());
        return loss;
    }

    private static BatchDict Batch()
    {
        random.manual_seed(7);
        return new BatchDict
        {
            RowCount = 4,
            ["p"] = randn(4, 3).requires_grad_(),
            ["y"] = randn(4, 3),
            ["t"] = tensor(new long[] { 0, 1, 2, 1 }),
            ["m"] = tensor(new[] { true, false, true, true }),
        };
    }

    private sealed class Point
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
