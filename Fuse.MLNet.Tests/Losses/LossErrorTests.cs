namespace Fuse.MLNet.Tests;

/// <summary>Checks that wrong input gets an error that names the loss, the key and what was expected.</summary>
[TestClass]
public sealed class LossErrorTests : LossTest
{
    private static readonly LossCrossEntropy CrossEntropy = new() { Pred = "p", Target = "t" };
    private static readonly LossSegmentationCrossEntropy Segmentation = new() { Pred = "p", Target = "t" };
    private static readonly DiceLoss Dice = new() { Pred = "p", Target = "t" };
    private static readonly BinaryDiceLoss BinaryDice = new() { Pred = "p", Target = "t" };
    private static readonly FocalLoss Focal = new() { Pred = "p", Target = "t" };
    private static readonly LossBinaryCrossEntropy Binary = new() { Pred = "p", Target = "t" };
    private static readonly LossMeanSquaredError Squared = new() { Pred = "p", Target = "t" };
    private static readonly SupervisedContrastiveLoss Contrastive = new() { FeatI = "p", FeatJ = "q", TargetI = "t", TargetJ = "t" };

    // Each line: what is wrong, the loss, the shapes of prediction and target, the value that the target is full of, and words of the message.
    private static readonly (string Wrong, LossBase Loss, long[] Pred, long[] Target, double Value, string[] Words)[] Table =
    [
        ("rows differ", CrossEntropy, [5, 3], [4], 0, ["[5, 3]", "[4]", "'t'"]),
        ("target has a column", CrossEntropy, [5, 3], [5, 1], 0, ["[5, 1]", "class indices [N, ...]"]),
        ("index too large", CrossEntropy, [5, 3], [5], 3, ["class index 3", "'t'", "0 to 2"]),
        ("index negative", CrossEntropy, [5, 3], [5], -1, ["class index -1", "-100"]),
        ("index between", CrossEntropy, [5, 3], [5], 0.5, ["whole numbers", "'t'"]),
        ("index infinite", CrossEntropy, [5, 3], [5], double.PositiveInfinity, ["'t'"]),
        ("one class", CrossEntropy, [5, 1], [5], 0, ["one class", "LossBinaryCrossEntropy"]),
        ("weights of the wrong length", CrossEntropy with { ClassWeights = [1, 2] }, [5, 3], [5], 0, ["[1, 2]", "3 classes"]),
        ("weight NaN", CrossEntropy with { ClassWeights = [1, float.NaN, 1] }, [5, 3], [5], 0, ["NaN", "finite"]),
        ("weight negative", CrossEntropy with { ClassWeights = [1, -1, 1] }, [5, 3], [5], 0, ["-1", "0 or more"]),
        ("weights all 0", CrossEntropy with { ClassWeights = [0, 0, 0] }, [5, 3], [5], 0, ["not all 0"]),
        ("no map", Segmentation, [2, 3], [2], 0, ["[N, C, H, W]", "[2, 3]"]),
        ("target with a channel", Segmentation, [2, 3, 4, 4], [2, 1, 4, 4], 0, ["[2, 1, 4, 4]"]),
        ("target smaller", Segmentation, [2, 3, 4, 4], [2, 2, 2], 0, ["smaller", "[2, 2]", "[4, 4]"]),
        ("target larger and smaller", Segmentation with { Resize = ResizeMode.MaxPool }, [2, 3, 4, 4], [2, 8, 2], 0, ["smaller"]),
        ("target not to be resized", Segmentation with { Resize = ResizeMode.None }, [2, 3, 4, 4], [2, 8, 8], 0, ["[8, 8]", "[4, 4]"]),
        ("two kinds of weights", Segmentation with { ClassWeights = ClassWeighting.InverseProportional with { Weights = [1, 1, 1] } }, [2, 3, 4, 4], [2, 4, 4], 0, ["both"]),
        ("ipw index too large", Segmentation, [2, 3, 4, 4], [2, 4, 4], 3, ["class index 3"]),
        ("ignored class is none", Dice with { IgnoreClasses = [3] }, [2, 3, 4, 4], [2, 4, 4], 0, ["[3]", "0 to 2"]),
        ("all classes ignored", Dice with { IgnoreClasses = [0, 1, 2] }, [2, 3, 4, 4], [2, 4, 4], 0, ["leave no class"]),
        ("Dice weights of the wrong length", Dice with { ClassWeights = [1, 1], IgnoreClasses = [0] }, [2, 3, 4, 4], [2, 4, 4], 0, ["3 classes"]),
        ("softmax of one channel", Dice, [2, 1, 4, 4], [2, 4, 4], 0, ["Sigmoid"]),
        ("logits as probabilities", Dice with { Activation = Activation.None }, [2, 3, 4, 4], [2, 4, 4], 0, ["probabilities", "Softmax"]),
        ("mask of 255", BinaryDice, [2, 1, 4, 4], [2, 4, 4], 255, ["255", "'t'", "0 to 1"]),
        ("Dice target would broadcast", Dice, [2, 3, 4, 4], [2, 1, 4, 4], 0, ["[2, 1, 4, 4]"]),
        ("binary Dice target would broadcast", BinaryDice, [2, 3, 4, 4], [2, 1, 4, 4], 0, ["[2, 3, 4, 4]"]),
        ("binary Dice of softmax", BinaryDice with { Activation = Activation.Softmax }, [2, 4, 4], [2, 4, 4], 0, ["Sigmoid"]),
        ("binary Dice without elements", BinaryDice, [4], [4], 0, ["[N, ...]"]),
        ("generalized Dice without channels", new GeneralizedDiceLoss { Pred = "p", Target = "t" }, [2, 4, 4], [2, 4, 4], 0, ["[N, C, H, W]"]),
        ("Tversky weights of the wrong length", new TverskyLoss { Pred = "p", Target = "t", ClassWeights = [1] }, [2, 3, 4, 4], [2, 4, 4], 0, ["3 classes"]),
        ("focal without a form", Focal with { Activation = Activation.None }, [5, 3], [5], 0, ["softmax form"]),
        ("focal target between", Focal, [5, 3], [5, 3], 0.5, ["0 or 1", "'t'"]),
        ("focal softmax of one-hot", Focal with { Activation = Activation.Softmax }, [5, 3], [5, 3], 0, ["class indices [N, ...]"]),
        ("focal channels differ", Focal, [5, 3], [5, 2], 0, ["[5, 2]"]),
        ("focal weights of the wrong length", Focal with { ClassWeights = [1] }, [5, 3], [5], 0, ["3 classes"]),
        ("binary target would broadcast", Binary, [5, 3], [5], 0, ["[5, 3]", "[5]"]),
        ("binary target too large", Binary, [5], [5], 2, ["'t'", "0 to 1"]),
        ("positive weights of the wrong length", Binary with { PositiveWeight = [1, 1] }, [5, 3], [5, 3], 0, ["[1, 1]"]),
        ("positive weight NaN", Binary with { PositiveWeight = [float.NaN] }, [5, 3], [5, 3], 0, ["NaN"]),
        ("regression would broadcast", Squared, [5, 3], [5, 1], 0, ["[5, 3]", "[5, 1]"]),
        ("regression would make a square", Squared, [5], [5, 1], 0, ["[5]", "[5, 1]"]),
        ("absolute error would broadcast", new LossMeanAbsoluteError { Pred = "p", Target = "t" }, [5, 2], [5], 0, ["[5, 2]"]),
        ("Huber would broadcast", new LossHuber { Pred = "p", Target = "t" }, [5, 2], [5], 0, ["[5, 2]"]),
        ("smooth L1 would broadcast", new LossSmoothL1 { Pred = "p", Target = "t" }, [5, 2], [5], 0, ["[5, 2]"]),
        ("function of different rows", new LossDefault((p, t) => p.sum() + t.sum(), "p", "t"), [5, 3], [4], 0, ["[5, 3]", "[4]"]),
        ("features differ", Contrastive, [5, 3], [5], 0, ["[5, 3]", "[5, 4]"]),
        ("contrast with a column", Contrastive with { FeatJ = "p" }, [5, 3], [5, 1], 0, ["one class index", "[5, 1]"]),
        ("mask of a scalar", new LossMasked(new LossDefault((p, t) => p.sum() + t.sum(), "p", "t"), "t"), [5, 3], [5], 1, ["rows", "Reduction.None"]),
        ("mask does not fit", new LossMasked(new LossExtractFromBatchDict("p"), "t"), [5, 3], [3], 1, ["[3]", "[5, 3]"]),
        ("mask negative", new LossMasked(new LossExtractFromBatchDict("p"), "t"), [5, 3], [5], -1, ["0 or more"]),
        ("part of a sum", Loss.Sum(("one", Squared), ("two", CrossEntropy)), [5, 3], [5, 3], 0, ["'two'", "LossCrossEntropy"]),
        ("no such key", CrossEntropy with { Target = "data.labels" }, [5, 3], [5], 0, ["data.labels"]),
    ];

    public static IEnumerable<object[]> Names => Table.Select(line => new object[] { line.Wrong });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void WrongInputIsANamedError(string wrong)
    {
        using var scope = NewDisposeScope();
        (_, LossBase loss, long[] pred, long[] target, double value, string[] words) = Table.Single(line => line.Wrong == wrong);
        random.manual_seed(3);
        bool isWhole = value == Math.Truncate(value) && double.IsFinite(value);
        var batch = new BatchDict
        {
            RowCount = (int)pred[0],
            ["p"] = randn(pred).requires_grad_(),
            ["q"] = randn(5, 4),
            ["t"] = isWhole ? full(target, (long)value, ScalarType.Int64) : full(target, value),
        };
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => LossTesting.Value(loss, batch));
        Assert.IsInstanceOfType(error.InnerException, wrong == "no such key" ? typeof(KeyNotFoundException) : typeof(ArgumentException));
        foreach (string word in words.Append("'tested'").Append(loss.GetType().Name))
            Assert.Contains(word, error.Message);
    }

    [TestMethod]
    public void OptionsAreCheckedWhereTheyAreSet()
    {
        (string Option, Action Set)[] wrong =
        [
            ("Weight", () => _ = new LossCrossEntropy { Weight = double.NaN }),
            ("Weight", () => _ = new DiceLoss { Weight = double.PositiveInfinity }),
            ("LabelSmoothing", () => _ = new LossCrossEntropy { LabelSmoothing = 1.5 }),
            ("Eps", () => _ = new DiceLoss { Eps = 0 }),
            ("Power", () => _ = new BinaryDiceLoss { Power = 0.5 }),
            ("Alpha", () => _ = new FocalLoss { Alpha = 2 }),
            ("Gamma", () => _ = new FocalLoss { Gamma = -1 }),
            ("Gamma", () => _ = new TverskyLoss { Gamma = 0 }),
            ("Beta", () => _ = new TverskyLoss { Beta = double.NaN }),
            ("Temperature", () => _ = new SupervisedContrastiveLoss { Temperature = 0 }),
            ("Delta", () => _ = new LossHuber { Delta = 0 }),
            ("iterations", () => _ = new LossWarmUp(CrossEntropy, -1)),
            ("losses", () => _ = Loss.Sum()),
            ("losses", () => _ = Loss.Sum(("a", CrossEntropy), ("a", Dice))),
            ("losses", () => _ = Loss.Sum(("a.b", CrossEntropy))),
        ];
        foreach ((string option, Action set) in wrong)
            Assert.Contains(option, Assert.Throws<ArgumentException>(set, option).ParamName!, StringComparison.OrdinalIgnoreCase);
    }

    [TestMethod]
    public void ArgumentsThatAModuleDoesNotHaveAreListed()
    {
        using var scope = NewDisposeScope();
        var loss = new LossWrapToDict(() => nn.TripletMarginLoss(), new Dictionary<string, string> { ["anchor"] = "a", ["positiv"] = "b", ["negative"] = "c" });
        ArgumentException error = Assert.Throws<ArgumentException>(() => loss.BuildModule());
        Assert.Contains("'anchor', 'positive', 'negative'", error.Message);
        Assert.Contains("'positiv'", error.Message);
    }
}
