using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Tests that a loss column's value belongs to its row alone, and that what cannot be a column is refused.</summary>
[TestClass]
public sealed class LossStageRowTests : LeakCheckedTest
{
    private static readonly KeyValuePair<string, TensorColumn>[] Columns =
        [new(BatchKeys.Logits, new("Score", [2, 2, 2])), new(BatchKeys.Label, new("Mask", [2, 2]))];

    private static readonly Dictionary<string, LossBase> Losses = new()
    {
        ["inverse proportional"] = Loss.SegmentationCrossEntropy(),
        ["Dice and cross-entropy"] = Loss.DiceCrossEntropy(),
        ["masked"] = Loss.SegmentationCrossEntropy(ClassWeighting.None),
    };

    public static IEnumerable<object[]> Names() => Losses.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void RowHasTheLossThatItHasAlone(string name)
    {
        Map[] maps = Map.Generate(9);
        float[] together = Column(Losses[name], maps);
        for (int row = 0; row < maps.Length; row++)
            Assert.AreEqual(Column(Losses[name], [maps[row]])[0], together[row], 1e-6, $"row {row}");
    }

    [TestMethod]
    public void ClassWeightsOfARowAreThoseOfTheTrainersMean()
    {
        Map[] maps = Map.Generate(3);
        float[] even = Column(Loss.Dice(), maps);
        float[] weighted = Column(Loss.Dice() with { ClassWeights = [2, 2] }, maps);
        for (int row = 0; row < maps.Length; row++)
            Assert.AreEqual(even[row], weighted[row], 1e-6);
    }

    [TestMethod]
    public void LossesThatAreNotOfARowAreRefused()
    {
        IDataView view = new MLContext().Data.LoadFromEnumerable(Map.Generate(2));
        LossCatalog losses = new MLContext().Fuse().Losses;
        Assert.Contains("compares the rows", Assert.ThrowsExactly<InvalidOperationException>(() => losses.Of(Loss.SupervisedContrastive(), Columns).Fit(view)).Message);
        Assert.Contains("parameters of its own", Assert.ThrowsExactly<InvalidOperationException>(() => losses.Of(new TrainableLoss(), Columns).Fit(view)).Message);
        LossBase heads = Loss.Sum(("a", Loss.CrossEntropy() with { Pred = "a" }), ("b", Loss.CrossEntropy() with { Pred = "b" }));
        Assert.Contains("several predictions", Assert.ThrowsExactly<InvalidOperationException>(() => losses.Of(heads, Columns, scoreKind: ScoreKind.Probability).Fit(view)).Message);
    }

    [TestMethod]
    public void ArgumentsOfAUsersLossComeBackOrAreRefused()
    {
        var ml = new MLContext();
        IDataView view = ml.Data.LoadFromEnumerable(Map.Generate(4));
        string path = Path.Combine(Folder, "loss.zip");
        LossTransformer stage = Own(ml.Fuse().Losses.Of(new ScaledLoss(3), Columns).Fit(view));
        float[] before = [.. stage.Transform(view).GetColumn<float>("Loss")];
        ml.Model.Save(stage, view.Schema, path);
        CollectionAssert.AreEqual(before, Own(ml.Model.Load(path, out _)).Transform(view).GetColumn<float>("Loss").ToArray());

        LossTransformer lost = Own(ml.Fuse().Losses.Of(new ForgetfulLoss(3), Columns).Fit(view));
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => ml.Model.Save(lost, view.Schema, path));
        Assert.Contains(nameof(ForgetfulLoss), error.Message);
    }

    private float[] Column(LossBase loss, Map[] maps)
    {
        var ml = new MLContext();
        IDataView view = ml.Data.LoadFromEnumerable(maps);
        LossTransformer stage = Own(ml.Fuse().Losses.Of(loss, Columns, scoreKind: ScoreKind.Logit).Fit(view));
        return [.. stage.Transform(view).GetColumn<float>("Loss")];
    }

    private sealed record ScaledLoss : LossBase
    {
        public ScaledLoss(double scale) => Scale = scale;

        public double Scale { get; }

        protected override LossTerms Compute(BatchDict batch) => new(batch[BatchKeys.Logits].flatten(1).sum(1) * Scale);
    }

    private sealed record ForgetfulLoss : LossBase
    {
        public ForgetfulLoss(double factor) => Scale = factor;

        public double Scale { get; }

        protected override LossTerms Compute(BatchDict batch) => new(batch[BatchKeys.Logits].flatten(1).sum(1) * Scale);
    }

    private sealed record TrainableLoss : LossBase
    {
        protected internal override nn.Module BuildModule() => nn.Linear(1, 1);
    }

    private sealed class Map
    {
        [VectorType(8)]
        public float[] Score { get; set; } = [];

        [VectorType(4)]
        public float[] Mask { get; set; } = [];

        public static Map[] Generate(int count)
        {
            var random = new Random(6);
            return [.. Enumerable.Range(0, count).Select(row => new Map
            {
                Score = [.. Enumerable.Range(0, 8).Select(_ => (random.NextSingle() * 4) - 2)],
                // Row 2 has two pixels without a target.
                Mask = [.. Enumerable.Range(0, 4).Select(pixel => row == 2 && pixel < 2 ? -100f : random.Next(4) == 0 ? 1f : 0f)],
            })];
        }
    }
}
