using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Tests how losses of a batch become one number: example weights with every form, half precision, and a dimension of 1 too many.</summary>
[TestClass]
public sealed class LossReductionTests : LeakCheckedTest
{
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void AFunctionThatBroadcastsToAMatrixIsRefused(bool isPrediction)
    {
        using var scope = NewDisposeScope();
        var batch = new BatchDict { RowCount = 3 };
        Tensor wide = tensor(new[] { 1f, 2f, 3f }).unsqueeze(1);
        batch[isPrediction ? BatchKeys.Logits : BatchKeys.Label] = wide;
        batch[isPrediction ? BatchKeys.Label : BatchKeys.Logits] = tensor(new[] { 1f, 2f, 4f });
        using var careless = new LossModule("mse", Loss.Of((p, t) => nn.functional.mse_loss(p, t)));
        Assert.Contains("squeeze(-1)", Assert.ThrowsExactly<InvalidOperationException>(() => careless.Forward(batch)).Message);
        using var careful = new LossModule("mse", Loss.Of((p, t) => nn.functional.mse_loss(p.squeeze(-1), t.squeeze(-1))));
        Assert.AreEqual(1f / 3, careful.Forward(batch).Value.item<float>(), 1e-6f);
    }

    [TestMethod]
    public void HalfPrecisionDoesNotOverflow()
    {
        using var scope = NewDisposeScope();
        var batch = new BatchDict { RowCount = 1 };
        batch[BatchKeys.Logits] = zeros(1, 2, 300, 300, dtype: ScalarType.BFloat16);
        batch[BatchKeys.Label] = zeros(1, 300, 300, dtype: ScalarType.Int64);
        using var module = new LossModule("cross-entropy", Loss.CrossEntropy());
        Assert.AreEqual(Math.Log(2), module.Forward(batch).Value.item<float>(), 2e-3);
    }

    [TestMethod]
    public void PartsOfASumHaveExampleWeightsOfTheirOwn()
    {
        using var scope = NewDisposeScope();
        var batch = new BatchDict { RowCount = 3 };
        batch["a"] = tensor(new[] { 1f, 2f, 4f });
        batch["b"] = tensor(new[] { 3f, 1f, 2f });
        batch["x"] = tensor(new[] { 0f, float.NaN, 0f });
        batch["y"] = zeros(3);
        batch[BatchKeys.ExampleWeight] = tensor(new[] { 1f, 2f, 3f });
        var loss = Loss.Sum(("a", new LossMeanSquaredError { Pred = "a", Target = "x" }), ("b", new LossMeanSquaredError { Pred = "b", Target = "y" }));
        using var module = new LossModule("sum", loss);
        double expected = ((1 * 1) + (3 * 16)) / 4.0 + ((1 * 9) + (2 * 1) + (3 * 4)) / 6.0;
        Assert.AreEqual(expected, module.Forward(batch).Value.item<float>(), 1e-5);
    }

    [TestMethod]
    public void WarmUpWaitsAlsoWithExampleWeights()
    {
        var ml = new MLContext(seed: 1);
        FuseTransformer model = Own(ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Features"), "Target", Loss.WarmUp(Loss.MeanSquaredError(), 4),
            new() { MaxEpochs = 3, BatchSize = 10, ExampleWeightColumnName = "Weight" }).Fit(ml.Data.LoadFromEnumerable(Row.Generate())));
        Assert.AreEqual(0.0, model.History["train.losses.loss"][0]);
        Assert.AreEqual(0.0, model.History["train.losses.loss"][1]);
        Assert.IsGreaterThan(0.0, model.History["train.losses.loss"][2]);
    }

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public float Target { get; set; }

        public float Weight { get; set; }

        public static Row[] Generate() => [.. Enumerable.Range(0, 20).Select(i => new Row { Features = [i, -i], Target = i, Weight = 1 + (i % 2) })];
    }
}
