namespace Fuse.MLNet.Tests;

/// <summary>Lists every loss in its main forms.</summary>
internal static class LossSamples
{
    /// <summary>Gets the samples by name.</summary>
    public static IReadOnlyDictionary<string, LossSample> All { get; } = Make().ToDictionary(sample => sample.Name);

    private static IEnumerable<LossSample> Make()
    {
        var crossEntropy = new LossCrossEntropy { Pred = "p", Target = "t" };
        yield return Classes("cross-entropy", crossEntropy);
        yield return Classes("cross-entropy, weights", crossEntropy with { ClassWeights = [0.2f, 0.3f, 0.5f] });
        yield return Classes("cross-entropy, smoothing", crossEntropy with { LabelSmoothing = 0.1 });
        yield return Classes("cross-entropy, weights and smoothing", crossEntropy with { ClassWeights = [0.2f, 0.3f, 0.5f], LabelSmoothing = 0.1 });
        yield return Maps("cross-entropy of maps", crossEntropy);

        var segmentation = new LossSegmentationCrossEntropy { Pred = "p", Target = "t" };
        yield return Maps("segmentation cross-entropy, inverse-proportional", segmentation);
        yield return Maps("segmentation cross-entropy", segmentation with { ClassWeights = ClassWeighting.None });
        yield return Maps("segmentation cross-entropy, list", segmentation with { ClassWeights = ClassWeighting.Of(0.2f, 0.3f, 0.5f) });
        yield return Volumes("segmentation cross-entropy, 3D", segmentation);
        yield return Larger("segmentation cross-entropy, nearest", segmentation, 2);
        yield return Larger("segmentation cross-entropy, max pool", segmentation with { Resize = ResizeMode.MaxPool }, 2);

        var dice = new DiceLoss { Pred = "p", Target = "t" };
        yield return Maps("Dice", dice);
        yield return Maps("Dice, weights", dice with { ClassWeights = [0.2f, 0.3f, 0.5f] });
        yield return Maps("Dice, ignored class", dice with { IgnoreClasses = [0] });
        yield return Maps("Dice, power 2", dice with { Power = 2, Eps = 1e-5 });
        yield return Maps("Dice, sum", dice with { Reduction = RowReduction.Sum });
        yield return Maps("Dice, probabilities", dice with { Activation = Activation.None }) with { IsProbability = true };
        yield return Volumes("Dice, 3D", dice);
        yield return Channels("Dice, multi-label", dice with { Activation = Activation.Sigmoid }, 3);
        yield return Channels("Dice, one channel", dice with { Activation = Activation.Sigmoid }, 1);
        yield return Larger("Dice, resized", dice, 2);
        var binaryDice = new BinaryDiceLoss { Pred = "p", Target = "t" };
        yield return Channels("binary Dice", binaryDice, 1);
        yield return Channels("binary Dice, sum", binaryDice with { Reduction = RowReduction.Sum, Power = 2 }, 1);
        yield return Channels("binary Dice, probabilities", binaryDice with { Activation = Activation.None }, 1) with { IsProbability = true };
        var generalized = new GeneralizedDiceLoss { Pred = "p", Target = "t" };
        yield return Maps("generalized Dice", generalized);
        yield return Maps("generalized Dice, ignored class", generalized with { IgnoreClasses = [1] });
        var tversky = new TverskyLoss { Pred = "p", Target = "t" };
        yield return Maps("Tversky", tversky);
        yield return Maps("focal Tversky", tversky with { Gamma = 4.0 / 3, ClassWeights = [0.2f, 0.3f, 0.5f] });

        var focal = new FocalLoss { Pred = "p", Target = "t" };
        yield return Classes("focal, classes", focal);
        yield return Maps("focal, maps", focal with { ClassWeights = [0.2f, 0.3f, 0.5f] });
        yield return Channels("focal, channels", focal with { Alpha = null }, 3);
        yield return Channels("focal, one channel", focal with { Gamma = 0.5 }, 1);
        yield return Classes("focal, gamma 0", focal with { Gamma = 0 });
        yield return Channels("focal, gamma 1.5", focal with { Gamma = 1.5 }, 2);
        yield return Channels("focal, gamma 1", focal with { Gamma = 1 }, 2);
        yield return Larger("focal, resized", focal, 2);
        FocalLoss softmax = focal with { Activation = Activation.Softmax };
        yield return Classes("focal softmax", softmax);
        yield return Maps("focal softmax, weights", softmax with { Gamma = 0.5, ClassWeights = [0.2f, 0.3f, 0.5f] });
        yield return Volumes("focal softmax, 3D", softmax with { Gamma = 1, Alpha = null });

        var contrastive = new SupervisedContrastiveLoss { FeatI = "p", FeatJ = "q", TargetI = "t", TargetJ = "t" };
        yield return Classes("contrastive", contrastive);
        yield return Classes("contrastive, symmetric", contrastive with { Symmetric = true, Alpha = 0.3 });
        yield return Classes("contrastive, one key", contrastive with { FeatJ = "p", Symmetric = true });

        var binary = new LossBinaryCrossEntropy { Pred = "p", Target = "t" };
        yield return Channels("binary cross-entropy", binary, 3);
        yield return Channels("binary cross-entropy, positive weight", binary with { PositiveWeight = [3] }, 1);
        yield return Channels("binary cross-entropy, positive weights", binary with { PositiveWeight = [1, 2, 3] }, 3);
        yield return Values("mean squared error", new LossMeanSquaredError { Pred = "p", Target = "t" });
        yield return Values("mean absolute error", new LossMeanAbsoluteError { Pred = "p", Target = "t" });
        yield return Values("Huber", new LossHuber { Pred = "p", Target = "t", Delta = 0.7 });
        yield return Values("smooth L1", new LossSmoothL1 { Pred = "p", Target = "t", Beta = 0.7 });

        yield return Classes("function", new LossDefault((p, t) => nn.functional.cross_entropy(p, t), "p", "t", weight: 0.5));
        yield return Classes("function of rows", new LossDefault((p, t) => nn.functional.cross_entropy(p, t, reduction: nn.Reduction.None), "p", "t"));
        yield return Classes("module", new LossDefault(() => nn.CrossEntropyLoss(), "p", "t"));
        yield return Values("module by arguments", new LossWrapToDict(() => nn.MSELoss(), new Dictionary<string, string> { ["target"] = "t", ["input"] = "p" })) with { LeavesOut = false };
        yield return Values("from the batch", new LossExtractFromBatchDict("p")) with { LeavesOut = false };
        yield return Classes("warm-up over", new LossWarmUp(crossEntropy with { Weight = 0.5 }, iterations: 10));
        yield return Classes("masked", new LossMasked(crossEntropy, "m"));
        yield return Maps("masked maps", new LossMasked(dice, "m"));
        yield return Maps("Dice and cross-entropy", Loss.Sum(("dice", dice with { Weight = 2 }), ("ce", segmentation)));
    }

    private static LossSample Classes(string name, LossBase loss) => new(name, loss, (n, _) => [n, 3], p => Indices(p.shape[..1]));

    private static LossSample Maps(string name, LossBase loss) => new(name, loss, (n, side) => [n, 3, side, side], p => Indices([p.shape[0], .. p.shape[2..]]));

    private static LossSample Volumes(string name, LossBase loss) =>
        new(name, loss, (n, side) => [n, 3, Math.Min(side, 2), side, side], p => Indices([p.shape[0], .. p.shape[2..]]));

    private static LossSample Larger(string name, LossBase loss, long factor) =>
        new(name, loss, (n, side) => [n, 3, side, side], p => Indices([p.shape[0], .. p.shape[2..].Select(size => (size * factor) + 1)]));

    private static LossSample Channels(string name, LossBase loss, long channels) =>
        new(name, loss, (n, side) => [n, channels, side, side], p => rand(p.shape, dtype: ScalarType.Float64).gt(0.5).to(ScalarType.Float64));

    private static LossSample Values(string name, LossBase loss) => new(name, loss, (n, _) => [n, 2], p => randn(p.shape, dtype: ScalarType.Float64));

    private static Tensor Indices(long[] shape) => randint(0, 3, shape, dtype: ScalarType.Int64);
}
