namespace Fuse.MLNet.Tests;

/// <summary>Compares losses with PyTorch's own functions and with their papers' formulas.</summary>
[TestClass]
public sealed class LossValueTests : LossTest
{
    private const double Tolerance = 1e-9;

    [TestMethod]
    [DataRow(false, 0.0)]
    [DataRow(true, 0.0)]
    [DataRow(false, 0.2)]
    [DataRow(true, 0.2)]
    public void CrossEntropyIsPyTorchsWeightedMean(bool isWeighted, double smoothing)
    {
        using var scope = NewDisposeScope();
        (Tensor pred, Tensor target) = Maps();
        target[0, 0, 0] = 255;
        var loss = new LossCrossEntropy { Pred = "p", Target = "t", ClassWeights = isWeighted ? ValueList.Create<float>([0.25f, 0.5f, 2]) : null, LabelSmoothing = smoothing, IgnoreIndex = 255 };
        Tensor? weights = isWeighted ? tensor(new[] { 0.25, 0.5, 2 }) : null;
        using Tensor expected = nn.functional.cross_entropy(pred, target, weights, 255, label_smoothing: smoothing);
        Compare(expected, loss, pred, target);
    }

    [TestMethod]
    public void BinaryCrossEntropyIsPyTorchs()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor pred = randn(5, 3, dtype: ScalarType.Float64).requires_grad_();
        Tensor target = rand(5, 3, dtype: ScalarType.Float64);
        using Tensor weights = tensor(new double[] { 1, 2, 3 });
        using Tensor expected = nn.functional.binary_cross_entropy_with_logits(pred, target, pos_weights: weights);
        Compare(expected, new LossBinaryCrossEntropy { Pred = "p", Target = "t", PositiveWeight = [1, 2, 3] }, pred, target);
        Tensor missing = target.clone();
        missing[0, 1] = double.NaN;
        missing[4, 2] = -100;
        Tensor kept = missing.ge(0);
        using Tensor rest = nn.functional.binary_cross_entropy_with_logits(pred.masked_select(kept), target.masked_select(kept));
        Compare(rest, new LossBinaryCrossEntropy { Pred = "p", Target = "t" }, pred, missing);
    }

    [TestMethod]
    public void RegressionLossesArePyTorchs()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor pred = randn(6, dtype: ScalarType.Float64).requires_grad_();
        Tensor target = 2 * randn(6, dtype: ScalarType.Float64);
        Compare(nn.functional.mse_loss(pred, target), new LossMeanSquaredError { Pred = "p", Target = "t" }, pred, target);
        Compare(nn.functional.l1_loss(pred, target), new LossMeanAbsoluteError { Pred = "p", Target = "t" }, pred, target);
        Compare(nn.functional.huber_loss(pred, target, 0.5), new LossHuber { Pred = "p", Target = "t", Delta = 0.5 }, pred, target);
        Compare(nn.functional.smooth_l1_loss(pred, target, beta: 0.5), new LossSmoothL1 { Pred = "p", Target = "t", Beta = 0.5 }, pred, target);
    }

    [TestMethod]
    public void FocalSoftmaxFollowsTheFormula()
    {
        using var scope = NewDisposeScope();
        (Tensor pred, Tensor target) = Maps();
        Tensor right = nn.functional.softmax(pred, 1).gather(1, target.unsqueeze(1)).squeeze(1);
        Tensor alpha = target.gt(0).to(ScalarType.Float64) * 0.5 + 0.25;
        Tensor expected = (alpha * (1 - right).pow(3) * -right.log()).mean();
        Compare(expected, new FocalLoss { Pred = "p", Target = "t", Activation = Activation.Softmax, Alpha = 0.75, Gamma = 3 }, pred, target);
        Compare(nn.functional.cross_entropy(pred, target), new FocalLoss { Pred = "p", Target = "t", Activation = Activation.Softmax, Alpha = null, Gamma = 0 }, pred, target);
    }

    [TestMethod]
    public void GeneralizedDiceWeighsClassesByTheirSquaredSize()
    {
        using var scope = NewDisposeScope();
        (Tensor pred, Tensor target) = Maps();
        Tensor p = nn.functional.softmax(pred, 1).flatten(2);
        Tensor t = nn.functional.one_hot(target, 3).permute(0, 3, 1, 2).flatten(2).to(ScalarType.Float64);
        Tensor weights = 1 / t.sum(2).square();
        Tensor expected = (1 - (2 * (weights * (p * t).sum(2)).sum(1) / (weights * (p + t).sum(2)).sum(1))).mean();
        Compare(expected, new GeneralizedDiceLoss { Pred = "p", Target = "t", Eps = 1e-12 }, pred, target);
    }

    [TestMethod]
    public void TverskyWithEqualWeightsIsDice()
    {
        using var scope = NewDisposeScope();
        (Tensor pred, Tensor target) = Maps();
        Tensor dice = LossTesting.Value(new DiceLoss { Pred = "p", Target = "t", Eps = 2 }, Batch(pred, target));
        Compare(dice, new TverskyLoss { Pred = "p", Target = "t", Alpha = 0.5, Beta = 0.5, Eps = 1 }, pred, target);
        Tensor one = LossTesting.Value(new TverskyLoss { Pred = "p", Target = "t" }, Batch(pred[..1], target[..1]));
        Tensor focal = new TverskyLoss { Pred = "p", Target = "t", Gamma = 2 }.Compute(Batch(pred[..1], target[..1]), null).Values;
        Assert.AreEqual(one.ToDouble(), focal.square().mean().ToDouble(), Tolerance);
    }

    [TestMethod]
    public void IgnoredPixelsLeaveTheOverlap()
    {
        using var scope = NewDisposeScope();
        (Tensor pred, Tensor target) = Maps();
        Tensor ignored = target.clone();
        ignored[.., 2..] = -100;
        LossBase[] losses = [new DiceLoss { Pred = "p", Target = "t" }, new GeneralizedDiceLoss { Pred = "p", Target = "t" }, new TverskyLoss { Pred = "p", Target = "t" },
            new FocalLoss { Pred = "p", Target = "t" }, new LossSegmentationCrossEntropy { Pred = "p", Target = "t" }];
        foreach (LossBase loss in losses)
        {
            double cut = LossTesting.Value(loss, Batch(pred[.., .., ..2].contiguous(), target[.., ..2].contiguous())).ToDouble();
            Assert.AreEqual(cut, LossTesting.Value(loss, Batch(pred, ignored)).ToDouble(), Tolerance, loss.GetType().Name);
        }
    }

    [TestMethod]
    public void BackgroundMayBeWhatIsIgnored()
    {
        using var scope = NewDisposeScope();
        (Tensor pred, Tensor target) = Maps();
        var loss = new LossSegmentationCrossEntropy { Pred = "p", Target = "t", IgnoreIndex = 0, ClassWeights = ClassWeighting.None };
        using Tensor expected = nn.functional.cross_entropy(pred, target, ignore_index: 0);
        Compare(expected, loss, pred, target);
        double binary = LossTesting.Value(new DiceLoss { Pred = "p", Target = "t", IgnoreIndex = 0 }, Batch(pred, target)).ToDouble();
        double marked = LossTesting.Value(new DiceLoss { Pred = "p", Target = "t" }, Batch(pred, target.where(target.gt(0), full_like(target, -100)))).ToDouble();
        Assert.AreEqual(marked, binary, Tolerance);
    }

    [TestMethod]
    [DataRow(8L, 4L)]
    [DataRow(11L, 4L)]
    [DataRow(7L, 4L)]
    [DataRow(5L, 5L)]
    public void NearestResizeIsPyTorchs(long from, long to)
    {
        using var scope = NewDisposeScope();
        Tensor target = arange(2 * from * from).reshape(2, from, from);
        using Tensor expected = nn.functional.interpolate(target.unsqueeze(1).to(ScalarType.Float32), [to, to]).squeeze(1).to(ScalarType.Int64);
        Assert.IsTrue(expected.eq(TargetResize.To(target, [to, to], ResizeMode.Interpolate, -100)).all().ToBoolean());
    }

    [TestMethod]
    public void MaxPoolTakesTheLargestClassOfABlockAndNeverWhatIsIgnored()
    {
        using var scope = NewDisposeScope();
        Tensor target = tensor(new long[] { 255, 1, 0, 0, 0, 0, 255, 255, 2, 0, 255, 255, 0, 1, 255, 255 }).reshape(1, 4, 4);
        Tensor pooled = TargetResize.To(target, [2, 2], ResizeMode.MaxPool, 255);
        CollectionAssert.AreEqual(new long[] { 1, 0, 2, 255 }, pooled.data<long>().ToArray());
        Tensor volume = TargetResize.To(arange(7 * 5 * 4).reshape(1, 7, 5, 4), [3, 2, 4], ResizeMode.MaxPool, -100);
        CollectionAssert.AreEqual(new long[] { 1, 3, 2, 4 }, volume.shape);
        // Depth 7 to 3 takes blocks of 2 from layer 0; rows 5 to 2 blocks of 2 from row 0; columns stay.
        Assert.AreEqual((1 * 20) + (1 * 4) + 0, volume[0, 0, 0, 0].ToInt64());
    }

    private static void Compare(Tensor expected, LossBase loss, Tensor pred, Tensor target)
    {
        Tensor wanted = autograd.grad([expected], [pred], retain_graph: true)[0];
        Tensor value = LossTesting.Value(loss, Batch(pred, target));
        Tensor gradient = autograd.grad([value], [pred])[0];
        Assert.AreEqual(expected.ToDouble(), value.ToDouble(), Tolerance);
        LossTesting.AreClose(wanted, gradient, Tolerance, "gradient");
    }

    private static BatchDict Batch(Tensor pred, Tensor target) => new() { RowCount = (int)pred.shape[0], ["p"] = pred, ["t"] = target };

    private static (Tensor Pred, Tensor Target) Maps()
    {
        random.manual_seed(5);
        return (randn(2, 3, 4, 4, dtype: ScalarType.Float64).requires_grad_(), randint(0, 3, [2, 4, 4], dtype: ScalarType.Int64));
    }
}
