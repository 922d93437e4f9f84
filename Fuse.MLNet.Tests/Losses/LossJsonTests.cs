using System.Text.Json;

namespace Fuse.MLNet.Tests;

/// <summary>Checks that descriptions of losses compare by value and go through JSON.</summary>
[TestClass]
public sealed class LossJsonTests : LossTest
{
    // Every savable loss, each option other than its default.
    private static readonly Dictionary<string, LossBase> Savable = new(StringComparer.Ordinal)
    {
        ["loss.binary_cross_entropy"] = new LossBinaryCrossEntropy { Pred = "p", Target = "t", PositiveWeight = [1, 2.5f], IgnoreIndex = 255, Weight = 0.3 },
        ["loss.binary_dice"] = new BinaryDiceLoss { Pred = "p", Target = "t", Activation = Activation.None, Power = 2, Eps = 1e-5, Reduction = RowReduction.Sum, Resize = ResizeMode.None },
        ["loss.combined"] = Loss.Sum(("dice", new DiceLoss { Weight = 2 }), ("ce", new LossWarmUp(new LossCrossEntropy(), 5))),
        ["loss.cross_entropy"] = new LossCrossEntropy { Pred = "p", Target = "t", ClassWeights = [0.1f, 0.2f], LabelSmoothing = 0.1, IgnoreIndex = 255 },
        ["loss.dice"] = new DiceLoss { Pred = "p", Target = "t", Activation = Activation.Sigmoid, ClassWeights = [1, 2], IgnoreClasses = [0], Power = 2, Reduction = RowReduction.Sum },
        ["loss.extract_from_batch_dict"] = new LossExtractFromBatchDict("model.loss") { Weight = 0.1 },
        ["loss.focal"] = new FocalLoss { Pred = "p", Target = "t", Activation = Activation.Softmax, Alpha = 0.6, Gamma = 3, ClassWeights = [1, 2], Resize = ResizeMode.MaxPool, IgnoreIndex = 9 },
        ["loss.generalized_dice"] = new GeneralizedDiceLoss { Pred = "p", Target = "t", IgnoreClasses = [1, 2], Eps = 0.5 },
        ["loss.huber"] = new LossHuber { Pred = "p", Target = "t", Delta = 2 },
        ["loss.masked"] = new LossMasked(new LossMeanSquaredError { Pred = "p" }, "data.mask"),
        ["loss.mean_absolute_error"] = new LossMeanAbsoluteError { Pred = "p", Target = "t" },
        ["loss.mean_squared_error"] = new LossMeanSquaredError { Pred = "p", Target = "t" },
        ["loss.segmentation_cross_entropy"] = new LossSegmentationCrossEntropy { Pred = "p", Target = "t", ClassWeights = ClassWeighting.Of(1, 2), Resize = ResizeMode.MaxPool, IgnoreIndex = 0 },
        ["loss.smooth_l1"] = new LossSmoothL1 { Pred = "p", Target = "t", Beta = 2 },
        ["loss.supervised_contrastive"] = new SupervisedContrastiveLoss { FeatI = "a", FeatJ = "b", TargetI = "c", TargetJ = "d", Temperature = 0.1, Alpha = 0.3, Symmetric = true },
        ["loss.tversky"] = new TverskyLoss { Pred = "p", Target = "t", Alpha = 0.1, Beta = 0.9, Gamma = 1.5, ClassWeights = [1, 2], IgnoreClasses = [0] },
        ["loss.warm_up"] = new LossWarmUp(new FocalLoss { Alpha = 0.9 }, 500) { Weight = 2 },
    };

    public static IEnumerable<object[]> Names => Savable.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void DescriptionComesBackEqual(string name)
    {
        LossBase loss = Savable[name];
        Assert.IsNull(loss.WhyNotSavable());
        foreach (JsonSerializerOptions options in new[] { JsonSerializerOptions.Default, FuseJsonContext.Default.Options })
        {
            string json = JsonSerializer.Serialize(loss, options);
            Assert.Contains(name, json);
            Assert.DoesNotContain("link", json, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("predictionKey", json, StringComparison.OrdinalIgnoreCase);
            LossBase? back = JsonSerializer.Deserialize<LossBase>(json, options);
            Assert.AreEqual(loss, back);
            Assert.AreEqual(loss.GetHashCode(), back!.GetHashCode());
        }
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void DefaultsComeBackEqual(string name)
    {
        if (Savable[name].GetType().GetConstructor([]) is not { } constructor || name == "loss.combined")
            return;
        var loss = (LossBase)constructor.Invoke([]);
        Assert.AreEqual(loss, JsonSerializer.Deserialize<LossBase>(JsonSerializer.Serialize(loss, FuseJsonContext.Default.Options), FuseJsonContext.Default.Options));
    }

    [TestMethod]
    public void FocalLossWithoutAlphaStaysWithoutAlpha()
    {
        LossBase loss = Loss.Focal(alpha: null);
        Assert.AreEqual(loss, JsonSerializer.Deserialize<LossBase>(JsonSerializer.Serialize(loss, FuseJsonContext.Default.Options), FuseJsonContext.Default.Options));
    }

    [TestMethod]
    public void EveryLossIsSavableOrSaysWhyNot()
    {
        Type[] losses = [.. typeof(LossBase).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(LossBase)) && !type.IsAbstract)];
        Type[] functions = [typeof(LossDefault), typeof(LossWrapToDict)];
        CollectionAssert.AreEquivalent(losses.Except(functions).ToArray(), Savable.Values.Select(loss => loss.GetType()).ToArray());
    }

    [TestMethod]
    public void FunctionsInsideAreNamed()
    {
        var function = new LossDefault((p, t) => nn.functional.mse_loss(p, t), "p", "t");
        Assert.Contains("LossBase", function.WhyNotSavable());
        Assert.Contains("LossBase", new LossWrapToDict(() => nn.MSELoss(), new Dictionary<string, string>()).WhyNotSavable());
        Assert.AreEqual(function.WhyNotSavable(), new LossWarmUp(function, 5).WhyNotSavable());
        Assert.AreEqual(function.WhyNotSavable(), new LossMasked(function, "m").WhyNotSavable());
        Assert.Contains("'second'", Loss.Sum(("first", new DiceLoss()), ("second", function)).WhyNotSavable()!);
        Assert.Contains("Preprocess", (new DiceLoss() with { Preprocess = batch => batch }).WhyNotSavable()!);
        Assert.Contains(nameof(OwnLoss), new LossWarmUp(new OwnLoss(), 5).WhyNotSavable()!);
    }

    [TestMethod]
    public void CopiesThatDifferInOneOptionAreNotEqual()
    {
        Assert.AreEqual(new DiceLoss { ClassWeights = [1, 2] }, new DiceLoss { ClassWeights = [1, 2] });
        Assert.AreNotEqual(new DiceLoss { ClassWeights = [1, 2] }, new DiceLoss { ClassWeights = [1, 3] });
        Assert.AreNotEqual(new DiceLoss(), new DiceLoss { IgnoreClasses = [0] });
        Assert.AreNotEqual<LossBase>(new LossHuber(), new LossSmoothL1());
    }

    private sealed record OwnLoss : LossBase;
}
