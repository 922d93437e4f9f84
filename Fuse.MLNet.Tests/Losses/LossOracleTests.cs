namespace Fuse.MLNet.Tests;

/// <summary>Compares losses with the values and gradients of FuseMedML and torchvision.</summary>
[TestClass]
public sealed class LossOracleTests : LossTest
{
    private const double Tolerance = 1e-6;

    // Where the published code fails or is wrong, the case that holds the right value for the same inputs.
    private static readonly Dictionary<string, string> RightCase = new(StringComparer.Ordinal)
    {
        ["seg_ce/class_weights_list_as_shipped"] = "seg_ce/class_weights_list",
        ["dice2022/multi_as_shipped"] = "dice2022/multi",
        ["dice2022/multi_no_class_weights_unpatched_weight"] = "dice2022/multi",
        ["dice2022/multi_class_weights_unpatched_weight"] = "dice2022/multi_class_weights",
        ["dice2022/multi_ignore_none"] = "dice2022/multi",
        ["dice2022/resize_maxpool_as_base"] = "dice2022/resize_maxpool",
        ["dice2022/resize_interpolate_as_base"] = "dice2022/resize_interpolate",
        ["focal2022/FocalLoss_as_shipped"] = "focal2022/FocalLoss",
        ["contrastive/symmetrical"] = "contrastive/symmetrical_fixed",
    };

    // FuseMedML's focal loss has no gradient; torchvision's with the other alpha is the right one for the same inputs.
    private static readonly Dictionary<string, string> GradientCase = new(StringComparer.Ordinal)
    {
        ["focal2022/weighted_default"] = "focal_tv/onehot_a.75_g2_mean",
        ["focal2022/weighted_a.75_g2"] = "focal_tv/onehot_a.25_g2_mean",
        ["focal2022/FocalLoss"] = "focal_tv/onehot_a.75_g2_mean",
        ["focal2022/FocalLoss_as_shipped"] = "focal_tv/onehot_a.75_g2_mean",
    };

    // The first two must be errors; the others are no value to compare: see the tests below.
    private static readonly string[] Special =
    [
        "diceHEAD/broadcast_silently", "diceHEAD/no_channel_dim", "seg_ce/resize_smaller_target", "diceHEAD/bad_reduction", "seg_ce/ipw_ignore_index",
        "contrastive/no_positive_pair", "loss_default/rmse_weight2",
    ];

    public static IEnumerable<object[]> Comparable => Oracle.Names.Except(Special).Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Comparable))]
    public void ValueAndGradientsAgree(string name)
    {
        using var scope = NewDisposeScope();
        var given = Oracle.Case(name);
        Compare(given, Oracle.Case(RightCase.GetValueOrDefault(name, name)), isDouble: false);
        if (given.HasFloat64)
            Compare(given, given, isDouble: true);
    }

    [TestMethod]
    public void EveryCaseOfTheOracleIsUsed() => Assert.HasCount(67, Oracle.Names.ToArray());

    [TestMethod]
    [DataRow("diceHEAD/broadcast_silently", "[N, C, ...]")]
    [DataRow("diceHEAD/no_channel_dim", "[N, C, H, W]")]
    [DataRow("seg_ce/resize_smaller_target", "smaller")]
    public void WhatFuseMedMLTakesOrCrashesOnIsANamedError(string name, string expected)
    {
        using var scope = NewDisposeScope();
        var given = Oracle.Case(name);
        BatchDict batch = Batch(given, isDouble: false, out _);
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => LossTesting.Value(Loss(given), batch));
        StringAssert.Contains(error.Message, expected);
        Assert.IsInstanceOfType<ArgumentException>(error.InnerException);
    }

    [TestMethod]
    public void IgnoredPixelsLeaveTheInverseProportionalWeights()
    {
        using var scope = NewDisposeScope();
        var given = Oracle.Case("seg_ce/ipw_ignore_index");
        BatchDict batch = Batch(given, isDouble: false, out _);
        Tensor kept = batch["target"].ne(-100);
        Tensor pred = batch["pred"].permute(0, 2, 3, 1)[kept];
        Tensor target = batch["target"][kept];
        Tensor inverse = 1 / target.bincount(null, 3).to(ScalarType.Float32);
        Tensor weights = (inverse / inverse[inverse.isfinite()].max()).nan_to_num(0, 0);
        using Tensor expected = nn.functional.cross_entropy(pred, target, weights);
        Assert.AreEqual(expected.ToDouble(), LossTesting.Value(Loss(given), batch).ToDouble(), Tolerance);
    }

    [TestMethod]
    public void WithoutAPositivePairTheLossIsAZeroThatGoesBackward()
    {
        using var scope = NewDisposeScope();
        var given = Oracle.Case("contrastive/no_positive_pair");
        BatchDict batch = Batch(given, isDouble: false, out string[] differentiable);
        LossValue value = LossTesting.Loss(Loss(given), batch);
        value.Value.backward();
        Assert.AreEqual(0, value.Value.ToDouble());
        Assert.AreEqual(0, value.Rows);
        foreach (string key in differentiable)
            Assert.IsTrue(batch[key].grad!.eq(0).all().ToBoolean());
    }

    [TestMethod]
    public void AWeightBehindASquareRootGoesBackward()
    {
        using var scope = NewDisposeScope();
        var given = Oracle.Case("loss_default/rmse_weight2");
        BatchDict batch = Batch(given, isDouble: false, out _);
        Tensor value = LossTesting.Value(Loss(given), batch);
        value.backward();
        using Tensor error = batch["pred"].detach() - batch["target"];
        using Tensor root = error.square().mean().sqrt();
        Assert.AreEqual(2 * root.ToDouble(), value.ToDouble(), Tolerance);
        LossTesting.AreClose(2 * error / (4 * root), batch["pred"].grad!, Tolerance, "gradient");
    }

    [TestMethod]
    public void IgnoredClassesLeaveNumeratorAndDenominator()
    {
        using var scope = NewDisposeScope();
        var given = Oracle.Case("dice2022/multi");
        BatchDict batch = Batch(given, isDouble: false, out _);
        // FuseMedML gives 0.4054271: two classes' losses, divided by three.
        Tensor value = LossTesting.Value(((DiceLoss)Loss(given)) with { IgnoreClasses = [0] }, batch);
        Assert.AreEqual(0.4054271 * 3 / 2, value.ToDouble(), Tolerance);
    }

    [TestMethod]
    public void SumOverRowsAddsTheRowsMeans()
    {
        using var scope = NewDisposeScope();
        var given = Oracle.Case("diceHEAD/multi_none");
        BatchDict batch = Batch(given, isDouble: false, out _);
        // FuseMedML adds up rows and classes, 3.9360442; here the classes of a row are averaged in either reduction.
        Tensor value = LossTesting.Value(new DiceLoss { Pred = "pred", Target = "target", Activation = Activation.None, Eps = 1e-5, Reduction = RowReduction.Sum }, batch);
        Assert.AreEqual(3.9360442 / 3, value.ToDouble(), Tolerance);
    }

    [TestMethod]
    public void WarmUpCountsTrainingStepsOnly()
    {
        using var scope = NewDisposeScope();
        var given = Oracle.Part("loss_warm_up");
        var loss = new LossWarmUp(new LossDefault((p, t) => nn.functional.cross_entropy(p, t), "pred", "target", weight: 0.5), iterations: 2);
        (Phase Phase, long Step, double Expected)[] calls =
        [
            (Phase.Validation, 0, 0.6201188564300537), (Phase.Train, 0, 0), (Phase.Train, 1, 0), (Phase.Train, 2, 0.6201188564300537),
            (Phase.Validation, 2, 0.6201188564300537), (Phase.Train, 3, 0.6201188564300537),
        ];
        foreach ((Phase phase, long step, double expected) in calls)
        {
            var batch = new BatchDict { RowCount = 4, Phase = phase, GlobalStep = step, ["pred"] = given.Input("pred").requires_grad_(), ["target"] = given.Input("target") };
            Tensor value = LossTesting.Value(loss, batch);
            value.backward();
            Assert.AreEqual(expected, value.ToDouble(), Tolerance);
            Assert.AreEqual(expected == 0, batch["pred"].grad!.eq(0).all().ToBoolean());
        }
    }

    [TestMethod]
    public void TheTotalIsTheSumOfLossesThatKeepTheirValues()
    {
        using var scope = NewDisposeScope();
        var given = Oracle.Part("step_losses");
        var batch = new BatchDict { RowCount = 4, ["pred"] = given.Input("pred").requires_grad_(), ["target"] = given.Input("target") };
        Tensor first = LossTesting.Value(new LossCrossEntropy { Pred = "pred", Target = "target" }, batch);
        Tensor second = LossTesting.Value(new LossDefault((p, _) => p.square().mean(), "pred", "target", weight: 0.1), batch);
        Tensor total = first + second;
        Assert.AreEqual(1.2402377128601074, first.ToDouble(), Tolerance);
        Assert.AreEqual(0.11643350124359131, second.ToDouble(), Tolerance);
        Assert.AreEqual(1.3566712141036987, total.ToDouble(), Tolerance);
    }

    private static void Compare(OracleCase given, OracleCase right, bool isDouble)
    {
        BatchDict batch = Batch(given, isDouble, out string[] differentiable);
        Tensor expected = right.Loss(isDouble);
        LossBase loss = Loss(given);
        // Element losses are compared without the reduction to one number.
        Tensor value = expected.dim() == 0 ? LossTesting.Value(loss, batch) : loss.Compute(batch, null).Values.reshape(expected.shape);
        LossTesting.AreClose(expected, value, Tolerance, "value");
        value.sum().backward();
        foreach (string input in differentiable)
        {
            OracleCase source = GradientCase.TryGetValue(given.Name, out string? other) ? Oracle.Case(other) : right;
            if (source.Gradient(input, isDouble) is { } gradient)
                LossTesting.AreClose(gradient, batch[input].grad!, Tolerance, $"gradient of {input}");
            else
                Assert.IsTrue(batch[input].grad!.isfinite().all().ToBoolean() && batch[input].grad!.ne(0).any().ToBoolean());
        }
    }

    internal static BatchDict Batch(OracleCase given, bool isDouble, out string[] differentiable)
    {
        var batch = new BatchDict();
        var found = new List<string>();
        foreach (string input in given.Inputs)
        {
            Tensor value = given.Input(input);
            if (value.is_floating_point() && isDouble)
                value = value.to(ScalarType.Float64);
            if (input is "pred" or "feat_i" or "feat_j")
            {
                value = value.requires_grad_();
                found.Add(input);
            }
            batch[input] = value;
        }
        batch.RowCount = (int)(batch[found[0]] is { } first && first.dim() > 0 ? first.shape[0] : 1);
        differentiable = [.. found];
        return batch;
    }

    internal static LossBase Loss(OracleCase given)
    {
        double weight = given.Number("weight", 1);
        ResizeMode? resize = given.Text("resize_mode") switch { "maxpool" => ResizeMode.MaxPool, "interpolate" => ResizeMode.Interpolate, _ => null };
        RowReduction reduction = given.Text("reduction") == "sum" ? RowReduction.Sum : RowReduction.Mean;
        string name = given.Name;
        return name.Split('/')[0] switch
        {
            "seg_ce" => new LossSegmentationCrossEntropy
            {
                Pred = "pred",
                Target = "target",
                Weight = weight,
                Resize = resize ?? ResizeMode.Interpolate,
                ClassWeights = given.Text("class_weights") == "ipw" ? ClassWeighting.InverseProportional : new() { Weights = given.Floats("class_weights") },
            },
            "dice2022" when name.Contains("binary_", StringComparison.Ordinal) => new BinaryDiceLoss
            {
                Pred = "pred",
                Target = "target",
                Activation = Activation.None,
                Power = given.Number("power", 1),
                Eps = given.Number("eps", 1),
                Reduction = reduction,
            },
            "dice2022" or "diceHEAD" => new DiceLoss
            {
                Pred = "pred",
                Target = "target",
                Activation = Activation.None,
                Eps = given.Number("eps", 1),
                Reduction = reduction,
                Resize = resize ?? ResizeMode.MaxPool,
                ClassWeights = given.Floats("class_weights"),
            },
            "focal2022" => new FocalLoss
            {
                Pred = "pred",
                Target = "target",
                Weight = weight,
                // FuseMedML's alpha weighs the negatives.
                Alpha = 1 - given.Number("alpha", 0.25),
                Gamma = given.Number("gamma", 2),
                Resize = resize ?? ResizeMode.Interpolate,
            },
            "focal_tv" => new FocalLoss { Pred = "pred", Target = "target", Alpha = given.Number("alpha", -1) is >= 0 and var alpha ? alpha : null, Gamma = given.Number("gamma", 2) },
            "contrastive" => new SupervisedContrastiveLoss
            {
                FeatI = "feat_i",
                FeatJ = "feat_j",
                TargetI = "target_i",
                TargetJ = "target_j",
                Weight = weight,
                Symmetric = given.Flag("symmetrical"),
            },
            "loss_default" => new LossDefault(Function(given), "pred", "target", weight)
            {
                Preprocess = given.Text("preprocess_func") is null ? null : batch => batch.SelectRows(tensor(new[] { true, true, true, false })),
            },
            "loss_extract" => new LossExtractFromBatchDict("pred") { Weight = weight },
            _ => throw new InvalidDataException(name),
        };
    }

    private static Func<Tensor, Tensor, Tensor> Function(OracleCase given) => given.Text("callable") switch
    {
        "F.cross_entropy" => (p, t) => nn.functional.cross_entropy(p, t),
        "sqrt(F.mse_loss)" => (p, t) => nn.functional.mse_loss(p, t).sqrt(),
        string other => throw new InvalidDataException(other),
        null => throw new InvalidDataException(given.Name),
    };
}
