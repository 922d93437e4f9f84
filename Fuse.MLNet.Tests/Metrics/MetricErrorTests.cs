namespace Fuse.MLNet.Tests;

/// <summary>Checks that wrong input gets an error that names the metric, the key and what was expected.</summary>
[TestClass]
public sealed class MetricErrorTests : MetricTest
{
    private static readonly MetricAccuracy Accuracy = new("p", "t");
    private static readonly MetricAUCROC Area = new("p", "t");
    private static readonly MetricBalAccuracy Balanced = new("p", "t");
    private static readonly MetricDice Dice = new("p", "t");
    private static readonly MetricMAE Absolute = new("p", "t");

    // Each line: what is wrong, the metric, prediction, target, and words of the message.
    private static readonly (string Wrong, MetricBase Metric, Func<Tensor> Pred, Func<Tensor> Target, string[] Words)[] Table =
    [
        ("rows differ", Accuracy, () => rand(5, 3), () => Longs("0 1"), ["'p' is [5, 3]", "'t' is [2]"]),
        ("a map differs", Accuracy, () => rand(2, 3, 4, 4), () => zeros([2, 4, 5], ScalarType.Int64), ["[2, 3, 4, 4]", "[2, 4, 5]"]),
        ("index too large", Accuracy, () => rand(2, 3), () => Longs("0 3"), ["'t'", "class index 3", "0 to 2"]),
        ("index negative", Accuracy, () => Longs("0 1"), () => Longs("0 -3"), ["'t'", "-3", "-100"]),
        ("index between", Accuracy, () => rand(2, 3), () => Floats("0 0.5"), ["'t'", "whole numbers"]),
        ("probability without a threshold", Accuracy, () => Floats("0.2 0.7"), () => Longs("0 1"), ["'p'", "Threshold"]),
        ("threshold of many classes", Accuracy with { Threshold = 0.5 }, () => rand(2, 3), () => Longs("0 1"), ["threshold", "[2, 3]"]),
        ("threshold of indices", Accuracy with { Threshold = 0.5 }, () => Longs("0 1"), () => Longs("0 1"), ["threshold", "Int64"]),
        ("top 2 of indices", Accuracy with { TopK = 2 }, () => Longs("0 1"), () => Longs("0 1"), ["TopK 2", "scores"]),
        ("top 2 and threshold", Accuracy with { TopK = 2, Threshold = 0.5 }, () => rand(2, 2), () => Longs("0 1"), ["TopK", "Threshold"]),
        ("weights of other rows", new MetricAccuracy("p", "t", "w"), () => rand(3, 2), () => Longs("0 1 1"), ["'w'", "[2]", "3 rows"]),
        ("weights negative", new MetricAccuracy("p", "t", "w"), () => rand(2, 2), () => Longs("0 1"), ["'w'", "0 or more"]),
        ("no such key", new MetricAccuracy("model.output.cls", "t"), () => rand(2, 2), () => Longs("0 1"), ["model.output.cls"]),
        ("names of other classes", new MetricAUCROC("p", "t", ["a", "b"]), () => rand(2, 3), () => Longs("0 1"), ["3 classes", "2 names"]),
        ("softmax of one score", Area with { PredLink = Activation.Softmax }, () => rand(2), () => Longs("0 1"), ["[2]"]),
        ("softmax of whole numbers", Area with { PredLink = Activation.Softmax }, () => Longs("0 1 2 3", 2, 2), () => Longs("0 1"), ["Int64 [2, 2]"]),
        ("flags as scores", Balanced, () => Longs("0 1 1 0", 2, 2).to(ScalarType.Bool), () => Longs("0 1"), ["Bool [2, 2]"]),
        ("complex target", Absolute, () => rand(2), () => rand(2, ScalarType.ComplexFloat32), ["real numbers", "ComplexFloat32 [2]"]),
        ("scores of maps", Area, () => rand(2, 3, 4), () => Longs("0 1"), ["[2, 3, 4]", "[N, C]"]),
        ("index of no name", new MetricConfusion("p", "t", ["a", "b"]), () => Longs("0 1"), () => Longs("0 2"), ["'t'", "class index 2"]),
        ("prediction of no name", new MetricConfusion("p", "t", ["a", "b"]), () => Longs("0 2"), () => Longs("0 1"), ["'p'", "class index 2"]),
        ("prediction negative", Balanced, () => Longs("0 -2"), () => Longs("0 1"), ["'p'", "class index -2"]),
        ("logits", new MetricECE("p", "t"), () => Floats("3 -1 2 0", 2, 2), () => Longs("0 1"), ["'p'", "probabilities", "PredLink"]),
        ("classes unknown", Dice, () => zeros([1, 2, 2], ScalarType.Int64), () => zeros([1, 2, 2], ScalarType.Int64), ["'p'", "Classes"]),
        ("classes differ", Dice with { Classes = 4 }, () => rand(1, 3, 2, 2), () => zeros([1, 2, 2], ScalarType.Int64), ["3 classes", "set to 4"]),
        ("predicted index too large", Dice with { Classes = 2 }, () => full([1, 2, 2], 2, ScalarType.Int64), () => zeros([1, 2, 2], ScalarType.Int64), ["'p'", "0 to 1"]),
        ("maps differ", Dice, () => rand(1, 3, 2, 2), () => zeros([1, 2, 3], ScalarType.Int64), ["[1, 3, 2, 2]", "[1, 2, 3]"]),
        ("no map", Dice, () => rand(2, 3), () => Longs("0 1"), ["[N, C, ...]", "[2, 3]"]),
        ("regression would broadcast", Absolute, () => rand(5, 2), () => rand(5), ["[5, 2]", "[5]"]),
        ("regression would make a square", Absolute, () => rand(5), () => rand(1, 5), ["[5]", "[1, 5]"]),
        ("mask of other rows", Absolute with { Mask = "w" }, () => rand(5), () => rand(5), ["'w'", "[2]", "[5]"]),
        ("mask of a filter", new MetricFilterRows(Absolute, "w"), () => rand(5), () => rand(5), ["'w'", "[2]", "5 rows"]),
        ("predicate of a filter", new MetricFilterRows(Absolute, batch => batch["w"]), () => rand(5), () => rand(5), ["[2]", "5 rows"]),
        ("strata", new MetricConfidenceInterval(Absolute, "w"), () => rand(5), () => rand(5), ["'w'", "5 rows"]),
        ("group without a name", new MetricGroupAnalysis(Absolute, "t") { GroupNames = ["a"] }, () => rand(2), () => Floats("0 1"), ["'t'", "holds 1", "GroupNames"]),
        ("thresholds of other classes", new MetricApplyThresholds("p", [new(0, 0.5), new(3, 0.5)]), () => rand(2, 3), () => Longs("0 1"), ["class 3", "3 classes"]),
        ("thresholds of maps", new MetricApplyThresholds("p"), () => rand(2, 3, 4), () => Longs("0 1"), ["[2, 3, 4]"]),
        ("function that throws", new MetricDefault((p, t) => throw new NotSupportedException("not today"), "p", "t"), () => rand(2), () => rand(2), ["not today", "[2, 3]"]),
        ("function of other rows", new MetricDefault((p, t) => 0, "p", "t"), () => rand(2), () => rand(3), ["[2]", "[3]"]),
        ("function that gives nothing", new MetricDefault((p, t) => null!, "p", "t"), () => rand(2), () => rand(2), ["null"]),
        ("too many dimensions", new Collecting(batch => rand(2, 3, 4)), () => rand(2), () => rand(2), ["[N, K]", "[2, 3, 4]"]),
        ("complex numbers", new Collecting(batch => rand(2, ScalarType.ComplexFloat32)), () => rand(2), () => rand(2), ["real numbers", "Complex"]),
        ("nothing collected", new Collecting(batch => null!), () => rand(2), () => rand(2), ["null"]),
        ("native error", new Collecting(batch => batch["p"] + batch["w"]), () => rand(3, 3), () => rand(2), ["'tested'"]),
    ];

    public static IEnumerable<object[]> Names => Table.Select(line => new object[] { line.Wrong });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void WrongInputIsANamedError(string wrong)
    {
        (_, MetricBase metric, Func<Tensor> pred, Func<Tensor> target, string[] words) = Table.Single(line => line.Wrong == wrong);
        var collector = new MetricCollector("tested", metric);
        BatchDict batch = Batch(pred(), target(), ("w", Floats("1 -1")));
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() =>
        {
            collector.Add(batch);
            collector.Compute();
        });
        foreach (string word in words.Append("'tested'").Append(metric.GetType().Name))
            Assert.Contains(word, error.Message);
    }

    [TestMethod]
    public void AFailureWithABatchShowsWhatItHolds()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Accuracy.Compute([Batch(rand(5, 3), Longs("0 1"))]));
        Assert.Contains("p: Float32 [5, 3]", error.Message);
        Assert.Contains("t: Int64 [2]", error.Message);
    }

    [TestMethod]
    public void ABatchOfAnotherWidthIsRefused()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Area.Compute([Batch(rand(2, 3), Longs("0 1")), Batch(rand(2, 4), Longs("0 1"))]));
        Assert.Contains("6 values a row in this batch and 5 in those before", error.Message);
    }

    [TestMethod]
    public void CancellingIsNoFailureOfTheMetric() => Assert.ThrowsExactly<OperationCanceledException>(() =>
        new Collecting(batch => throw new OperationCanceledException()).Compute([Batch(rand(2), rand(2))]));

    [TestMethod]
    public void OptionsAreCheckedWhereTheyAreSet()
    {
        (string Option, Action Set)[] wrong =
        [
            ("pred", () => _ = new MetricAccuracy("", "t")),
            ("target", () => _ = new MetricDice("p", "")),
            ("key", () => _ = new MetricAccuracy("p..x", "t")),
            ("SampleWeight", () => _ = new MetricAccuracy("p", "t", "")),
            ("TopK", () => _ = Accuracy with { TopK = 0 }),
            ("Threshold", () => _ = Accuracy with { Threshold = double.NaN }),
            ("Threshold", () => _ = Balanced with { Threshold = double.NaN }),
            ("Threshold", () => _ = Dice with { Threshold = double.NaN }),
            ("MaxFpr", () => _ = Area with { MaxFpr = 0 }),
            ("MaxFpr", () => _ = Area with { MaxFpr = 1.1 }),
            ("ClassNames", () => _ = Area with { ClassNames = ["a"] }),
            ("ClassNames", () => _ = Area with { ClassNames = ["a", "a"] }),
            ("ClassNames", () => _ = Dice with { ClassNames = ["a", ""] }),
            ("classNames", () => _ = new MetricConfusionMatrix("p", "t", null!)),
            ("ClassNames", () => _ = Area with { ClassNames = ["a", "macro_avg"] }),
            ("ClassNames", () => _ = Dice with { ClassNames = ["a", "average"] }),
            ("GroupNames", () => _ = new MetricGroupAnalysis(Absolute, "g") { GroupNames = ["std"] }),
            ("Metrics", () => _ = new MetricConfusion("p", "t", metrics: ["npr"])),
            ("Metrics", () => _ = new MetricConfusion("p", "t", metrics: [])),
            ("Bins", () => _ = new MetricECE("p", "t") { Bins = 0 }),
            ("Classes", () => _ = Dice with { Classes = 1 }),
            ("Mask", () => _ = Absolute with { Mask = "" }),
            ("Bootstraps", () => _ = new MetricConfidenceInterval(Absolute) { Bootstraps = 0 }),
            ("Confidence", () => _ = new MetricConfidenceInterval(Absolute) { Confidence = 95 }),
            ("Stratum", () => _ = new MetricConfidenceInterval(Absolute, "")),
            ("metric", () => _ = new MetricConfidenceInterval(null!)),
            ("mask", () => _ = new MetricFilterRows(Absolute, "")),
            ("predicate", () => _ = new MetricFilterRows(Absolute, (Func<BatchDict, Tensor>)null!)),
            ("group", () => _ = new MetricGroupAnalysis(Absolute, "")),
            ("threshold", () => _ = new MetricApplyThresholds("p", double.NaN)),
            ("thresholds", () => _ = new MetricApplyThresholds("p", [])),
            ("thresholds", () => _ = new MetricApplyThresholds("p", [new(-1, 0.5)])),
            ("callable", () => _ = new MetricDefault(null!, "p", "t")),
        ];
        foreach ((string option, Action set) in wrong)
            Assert.Contains(option, Assert.Throws<ArgumentException>(set, option).ParamName!, StringComparison.OrdinalIgnoreCase);
    }

    [TestMethod]
    public void AnUnknownMeasureHasAHint() =>
        Assert.Contains("'f1'", Assert.ThrowsExactly<ArgumentException>(() => new MetricConfusion("p", "t", metrics: ["f2"])).Message);

    private sealed record Collecting(Func<BatchDict, Tensor> Function) : MetricBase
    {
        protected internal override Tensor Collect(BatchDict batch) => Function(batch);

        protected internal override MetricResult Evaluate(MetricRows rows) => rows.Count;
    }
}
