using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Tests losses as pipeline stages: their values, what they refuse, and their place in ML.NET.</summary>
[TestClass]
public sealed class LossStageTests : LeakCheckedTest
{
    private const double Tolerance = 1e-5;

    // In a data class ML.NET counts a key's values from 0; one that is out of range is missing.
    private static readonly Scored[] Rows =
    [
        new() { Score = [0.5f, 0.25f, 0.25f], Label = 0 },
        new() { Score = [0.1f, 0.1f, 0.8f], Label = 2 },
        new() { Score = [0f, 1f, 0f], Label = 0 },
        new() { Score = [0.2f, 0.3f, 0.5f], Label = 3 },
    ];

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void CrossEntropyOfProbabilitiesIsTheirLogarithm()
    {
        float[] losses = Losses(_ml.Fuse().Losses.CrossEntropy(scoreKind: ScoreKind.Probability), Rows);
        Assert.AreEqual(Math.Log(2), losses[0], Tolerance);
        Assert.AreEqual(-Math.Log(0.8), losses[1], Tolerance);
        Assert.IsTrue(losses[2] is > 80 and < float.PositiveInfinity, "A probability that underflowed has a large but finite loss.");
        Assert.IsTrue(float.IsNaN(losses[3]), "A row without a label has no loss.");
    }

    [TestMethod]
    public void CrossEntropyOfLogitsTakesTheirSoftmax()
    {
        float[] losses = Losses(_ml.Fuse().Losses.CrossEntropy(scoreKind: ScoreKind.Logit), Rows);
        double total = Math.Exp(0.5) + (2 * Math.Exp(0.25));
        Assert.AreEqual(Math.Log(total) - 0.5, losses[0], Tolerance);
    }

    [TestMethod]
    public void ScoresThatDoNotSayWhatTheyAreAreRefused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Losses(_ml.Fuse().Losses.CrossEntropy(), Rows));
        Assert.Contains("'Score'", error.Message);
        Assert.Contains("ScoreKind.Probability", error.Message);
    }

    [TestMethod]
    public void MeanOfTheColumnIsTheValidationLossThatTheTrainerReported()
    {
        Sample[] samples = Sample.Generate(90, seed: 3);
        IDataView train = View(samples[..60]);
        IDataView validation = View(samples[60..]);
        using FuseTransformer model = Trainer(new() { MaxEpochs = 2, BatchSize = 8 }).Fit(train, validation);
        IDataView scored = model.Transform(validation);
        // No score kind is given: the trained model's Score column says that it holds probabilities.
        using LossTransformer stage = _ml.Fuse().Losses.CrossEntropy().Fit(scored);
        float[] losses = [.. stage.Transform(scored).GetColumn<float>("Loss")];
        Assert.HasCount(30, losses);
        Assert.AreEqual(model.History["validation.losses.loss"][model.BestEpoch!.Value], losses.Average(), Tolerance);
    }

    [TestMethod]
    public void StageWorksInAPipelineAFilterAnEngineAndAFile()
    {
        Sample[] samples = Sample.Generate(60, seed: 4);
        IDataView train = View(samples);
        var pipeline = Trainer(new() { MaxEpochs = 1 }).Append(_ml.Fuse().Losses.CrossEntropy("Hardness"));
        var model = pipeline.Fit(train);
        float[] losses = [.. model.Transform(train).GetColumn<float>("Hardness")];
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, train.Schema, path);

        var loaded = (TransformerChain<ITransformer>)new MLContext().Model.Load(path, out _);
        CollectionAssert.AreEqual(losses, loaded.Transform(train).GetColumn<float>("Hardness").ToArray());
        float bound = losses.Order().ElementAt(50);
        IDataView hardest = _ml.Data.FilterRowsByColumn(loaded.Transform(train), "Hardness", lowerBound: bound);
        Assert.HasCount(10, hardest.GetColumn<float>("Hardness").ToArray());
        using (var engine = _ml.Model.CreatePredictionEngine<Sample, Hardness>(loaded))
            Assert.AreEqual(losses[7], engine.Predict(samples[7]).Value, Tolerance);
        loaded.Dispose();
        model.Dispose();
    }

    [TestMethod]
    public void LossOfAFunctionWorksButIsNotSaved()
    {
        IDataView view = View(Rows);
        using LossTransformer stage = _ml.Fuse().Losses.Of(
            new LossDefault((pred, target) => nn.functional.nll_loss(pred.log(), target, reduction: nn.Reduction.None), "p", "t"), Bindings("p", "t")).Fit(view);
        float[] losses = [.. stage.Transform(view).GetColumn<float>("Loss")];
        Assert.AreEqual(-Math.Log(0.8), losses[1], Tolerance);
        Assert.IsTrue(float.IsNaN(losses[3]));
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Model.Save(stage, view.Schema, Path.Combine(Folder, "loss.zip")));
        Assert.Contains("derives from LossBase", error.Message);
    }

    [TestMethod]
    public void LossOfAUsersOwnClassIsSaved()
    {
        IDataView view = View(Rows);
        string path = Path.Combine(Folder, "loss.zip");
        using (LossTransformer stage = _ml.Fuse().Losses.Of(new MarginLoss(0.5), Bindings("p", "t")).Fit(view))
            _ml.Model.Save(stage, view.Schema, path);
        var loaded = (IDisposable)_ml.Model.Load(path, out _);
        float[] losses = [.. ((ITransformer)loaded).Transform(view).GetColumn<float>("Loss")];
        CollectionAssert.AreEqual(new[] { 0f, 0.8f - 0.5f, 0.5f, 0f }, losses);
        loaded.Dispose();
    }

    [TestMethod]
    public void LossOfOneNumberForTheWholeBatchIsRefused()
    {
        IDataView view = View(Rows);
        using LossTransformer stage = _ml.Fuse().Losses.Of(new LossDefault((pred, target) => pred.mean(), "p", "t"), Bindings("p", "t")).Fit(view);
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => _ = stage.Transform(view).GetColumn<float>("Loss").ToArray());
        Assert.Contains("Reduction.None", error.Message);
    }

    [TestMethod]
    [DataRow(ScoreKind.Probability)]
    [DataRow(ScoreKind.Logit)]
    public void NamedLossesEqualTheirFormulas(ScoreKind kind)
    {
        Scored[] rows = [new() { Score = [0.5f, 0.25f, 0.25f], Target = [1, 0, 1], Label = 0 }];
        double[] logits = kind == ScoreKind.Logit ? [0.5, 0.25, 0.25] : [.. rows[0].Score.Select(p => Math.Log(p))];
        double right = Math.Exp(logits[0]) / logits.Sum(Math.Exp);
        Assert.AreEqual(-Math.Pow(1 - right, 2) * Math.Log(right), Losses(_ml.Fuse().Losses.Focal(scoreKind: kind), rows)[0], Tolerance);

        double[] positive = kind == ScoreKind.Logit ? [.. rows[0].Score.Select(z => 1 / (1 + Math.Exp(-z)))] : [.. rows[0].Score.Select(p => (double)p)];
        double binary = -(Math.Log(positive[0]) + Math.Log(1 - positive[1]) + Math.Log(positive[2])) / 3;
        Assert.AreEqual(binary, Losses(_ml.Fuse().Losses.BinaryCrossEntropy(labelColumnName: "Target", scoreKind: kind), rows)[0], Tolerance);

        // Three classes of one pixel: Dice with one added to numerator and denominator, for the classes 0, 1 and 2 of the target 0.
        double[] shares = [.. logits.Select(z => Math.Exp(z) / logits.Sum(Math.Exp))];
        double dice = Enumerable.Range(0, 3).Average(c => 1 - (((c == 0 ? 2 * shares[c] : 0) + 1) / (shares[c] + (c == 0 ? 1 : 0) + 1)));
        Assert.AreEqual(dice, Losses(_ml.Fuse().Losses.Dice(scoreShape: [3, 1, 1], labelShape: [1, 1], labelColumnName: "Pixel", scoreKind: kind), rows)[0], Tolerance);
        Assert.AreEqual((0.5 + 0.25 + 0.75) / 3, Losses(_ml.Fuse().Losses.AbsoluteError(labelColumnName: "Target"), rows)[0], Tolerance);
    }

    [TestMethod]
    public void SquaredErrorOfVectorsIsTheMeanOverTheirElements()
    {
        IDataView view = View(Rows);
        using LossTransformer stage = _ml.Fuse().Losses.SquaredError(labelColumnName: "Target").Fit(view);
        Assert.AreEqual(((0.5 * 0.5) + (0.25 * 0.25) + (0.25 * 0.25)) / 3, stage.Transform(view).GetColumn<float>("Loss").First(), Tolerance);
    }

    private FuseTrainer Trainer(FuseTrainer.TrainingOptions options) =>
        _ml.Fuse().Train(Network.Of<TinyClassifier>(2, 3), new TensorColumn("Features"), loss: Loss.CrossEntropy(), options: options);

    private static KeyValuePair<string, TensorColumn>[] Bindings(string pred, string target) => [new(pred, new("Score")), new(target, new("Label"))];

    private float[] Losses(LossEstimator estimator, Scored[] rows)
    {
        IDataView view = View(rows);
        using LossTransformer stage = estimator.Fit(view);
        return [.. stage.Transform(view).GetColumn<float>("Loss")];
    }

    private IDataView View<T>(T[] rows)
        where T : class => _ml.Data.LoadFromEnumerable(rows);

    private sealed class Scored
    {
        [VectorType(3)]
        public float[] Score { get; set; } = [];

        [VectorType(3)]
        public float[] Target { get; set; } = [0, 0, 0];

        [VectorType(1)]
        public float[] Pixel { get; set; } = [0];

        [KeyType(3)]
        public uint Label { get; set; }
    }

    private sealed class Sample
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        [KeyType(3)]
        public uint Label { get; set; }

        public static Sample[] Generate(int count, int seed)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, count).Select(_ =>
            {
                float[] features = [random.NextSingle() - 0.5f, random.NextSingle() - 0.5f];
                return new Sample { Features = features, Label = features[0] < -0.1 ? 0u : features[1] < 0 ? 1u : 2u };
            })];
        }
    }

    private sealed class Hardness
    {
        [ColumnName("Hardness")]
        public float Value { get; set; }
    }

    private sealed record MarginLoss(double Margin) : LossBase
    {
        protected override LossTerms Compute(BatchDict batch) => new((Margin - batch["p"].amax([1])).abs());
    }
}
