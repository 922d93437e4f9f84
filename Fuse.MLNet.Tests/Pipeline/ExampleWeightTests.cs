using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Tests the option that weighs examples.</summary>
[TestClass]
public sealed class ExampleWeightTests : LeakCheckedTest
{
    [TestMethod]
    [DataRow("rows")]
    [DataRow("cross-entropy")]
    public void WeightsOfOneGiveTheSameBitsAsNone(string loss)
    {
        LossBase description = loss == "rows" ? Loss.Of((p, t) => nn.functional.cross_entropy(p, t, reduction: nn.Reduction.None), Activation.Softmax) : Loss.CrossEntropy();
        using FuseTransformer with = Fit("One", description, Optimizers.Adam(1e-2));
        using FuseTransformer without = Fit(null, description, Optimizers.Adam(1e-2));
        Assert.AreEqual(without.History, with.History);
        CollectionAssert.AreEqual(Weights(without), Weights(with));
    }

    [TestMethod]
    public void LossIsTheSumOfWeightedLossesOverTheSumOfWeights()
    {
        // A learning rate of 0 keeps the weights, so an unweighted run gives each row's loss for the closed form.
        using FuseTransformer model = Fit("Weight", Loss.MeanSquaredError(), Optimizers.SGD(0), regression: true);
        Row[] rows = Row.Generate();
        float[] scores = [.. model.Transform(new MLContext().Data.LoadFromEnumerable(rows)).GetColumn<float>("Score")];
        double[] squares = [.. rows.Zip(scores, (row, score) => Math.Pow(row.Number - score, 2))];
        double expected = rows.Zip(squares, (row, square) => row.Weight * square).Sum() / rows.Sum(row => row.Weight);
        Assert.AreEqual(expected, model.History["train.losses.loss"][0], 1e-6 * expected);
    }

    [TestMethod]
    public void LossOfOneNumberForTheWholeBatchIsRefused()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Fit("One", Loss.Of((p, t) => nn.functional.cross_entropy(p, t)), Optimizers.Adam()));
        Assert.Contains("Reduction.None", error.Message);
    }

    [TestMethod]
    [DataRow("Negative")]
    [DataRow("NotANumber")]
    public void ImpossibleWeightIsRefused(string column)
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Fit(column, Loss.CrossEntropy(), Optimizers.Adam()));
        Assert.Contains("negative or not finite", error.Message);
    }

    private static FuseTransformer Fit(string? weights, LossBase loss, OptimizerSpec optimizer, bool regression = false)
    {
        var ml = new MLContext(seed: 5);
        return ml.Fuse().Train(Network.Of(() => nn.Linear(2, regression ? 1 : 3)), new TensorColumn("Features"), regression ? "Number" : "Label", loss,
            new() { MaxEpochs = 2, BatchSize = 8, Optimizer = optimizer, ExampleWeightColumnName = weights }).Fit(ml.Data.LoadFromEnumerable(Row.Generate()));
    }

    private static float[] Weights(FuseTransformer model)
    {
        using var scope = NewDisposeScope();
        return [.. model.Network.parameters().SelectMany(parameter => parameter.detach().data<float>().ToArray())];
    }

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        [KeyType(3)]
        public uint Label { get; set; }

        public float Number { get; set; }

        public float Weight { get; set; }

        public float One { get; set; } = 1;

        public float Negative { get; set; } = -1;

        public float NotANumber { get; set; } = float.NaN;

        public static Row[] Generate()
        {
            var random = new Random(2);
            return [.. Enumerable.Range(0, 21).Select(i => new Row
            {
                Features = [random.NextSingle(), random.NextSingle()],
                Label = (uint)(i % 4),
                Number = random.NextSingle(),
                Weight = i % 3,
            })];
        }
    }
}
