namespace Fuse.MLNet.Tests;

/// <summary>Computes the tabular network by loops over doubles.</summary>
[TestClass]
public sealed class ModelTabularTests : LeakCheckedTest
{
    private static readonly ModelTabular Small = new()
    {
        InputSize = 3,
        Inputs = ["data.numbers", "data.more"],
        CategoricalInputs = [new("data.colours", count: 4, width: 2)],
        HiddenSizes = [5, 5, 3],
        DropoutRate = 0.5,
        OutputSize = 2,
        KeyOutput = "model.output.head_0",
        LabelMean = [10, -3],
        LabelStandardDeviation = [2, 0.5f],
    };

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void ForwardIsTheFormula(bool hasIndicators)
    {
        using nn.Module<BatchDict, BatchDict> module = (Small with { MissingIndicators = hasIndicators }).Build();
        module.eval();
        Formula.Fill(module);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        double[][] numbers = [[0.5, -2], [double.NaN, 40], [1e6, 0]];
        double[] more = [1, double.NaN, -1];
        // A missing index and one that the table does not have share row 0.
        long[][] colours = [[0, 3], [TensorColumn.MissingTarget, 1], [2, 4]];
        var batch = new BatchDict { RowCount = 3, Phase = Phase.Predict };
        batch["data.numbers"] = tensor(numbers.SelectMany(row => row).Select(value => (float)value).ToArray()).reshape(3, 2);
        batch["data.more"] = tensor(more.Select(value => (float)value).ToArray());
        batch["data.colours"] = tensor(colours.SelectMany(row => row).ToArray()).reshape(3, 2);
        BatchDict result = module.call(batch);
        for (int row = 0; row < 3; row++)
        {
            double[] logits = Forward(module, [.. numbers[row], more[row]], colours[row], hasIndicators);
            Formula.AreEqual(logits, [.. Enumerable.Range(0, 2).Select(i => result["model.logits.head_0"].At(row, i))], $"row {row}");
            Formula.AreEqual([(logits[0] * 2) + 10, (logits[1] * 0.5) - 3], [.. Enumerable.Range(0, 2).Select(i => result["model.output.head_0"].At(row, i))], $"row {row}, in units");
        }
    }

    [TestMethod]
    public void UnseenCategoriesStartAtNothing()
    {
        using nn.Module<BatchDict, BatchDict> module = Small.Build();
        Dictionary<string, Tensor> state = module.state_dict();
        // 1.6 x 4^0.56 = 3.48.
        CollectionAssert.AreEqual(new long[] { 5, 3 }, state["embeddings.0.table.weight"].shape);
        float[] table = [.. state["embeddings.0.table.weight"].data<float>()];
        Assert.IsTrue(table.Take(3).All(value => value == 0) && table.Skip(3).All(value => value != 0));
    }

    [TestMethod]
    public void SizesThatAreNotKnownAreAskedFor()
    {
        Assert.Contains("set InputSize, OutputSize", Assert.Throws<ArgumentException>(() => (Small with { OutputSize = 0 }).Build()).Message);
        Assert.Contains("set InputSize, OutputSize", Assert.Throws<ArgumentException>(() => (Small with { CategoricalInputs = [new("data.colours")] }).Build()).Message);
        Assert.Contains("keys in Inputs or CategoricalInputs", Assert.Throws<ArgumentException>(() => new ModelTabular { Inputs = [], OutputSize = 1 }.Build()).Message);
        Assert.Contains("LabelMean has 3 values", Assert.Throws<ArgumentException>(() => (Small with { LabelMean = [1, 2, 3] }).Build()).Message);
        Assert.Throws<ArgumentException>(() => new ModelTabular { HiddenSizes = [0] });
        Assert.Throws<ArgumentException>(() => new CategoricalInput("data.x", -1));
    }

    [TestMethod]
    public void OtherInputsAreNamed()
    {
        using nn.Module<BatchDict, BatchDict> module = Small.Build();
        using var scope = NewDisposeScope();
        var batch = new BatchDict { RowCount = 2, Phase = Phase.Predict };
        batch["data.numbers"] = zeros(2, 2);
        batch["data.more"] = zeros(2, 2);
        batch["data.colours"] = zeros(2, 2);
        Assert.Contains("was built for 3 channels", Assert.Throws<InvalidOperationException>(() => module.call(batch)).Message);
        batch["data.more"] = zeros(2);
        Assert.Contains("'data.colours', which must hold class indices", Assert.Throws<InvalidOperationException>(() => module.call(batch)).Message);
    }

    private static double[] Forward(nn.Module module, double[] numbers, long[] colours, bool hasIndicators)
    {
        Dictionary<string, float[]> state = module.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.data<float>().ToArray());
        double[] values =
        [
            .. numbers.Select(value => double.IsNaN(value) ? 0 : value / Math.Sqrt(1 + (value * value / 9))),
            .. hasIndicators ? numbers.Select(value => double.IsNaN(value) ? 1.0 : 0) : [],
            .. colours.Select(colour => colour is >= 0 and < 4 ? colour + 1 : 0).SelectMany(row => state["embeddings.0.table.weight"].Skip((int)row * 3).Take(3)).Select(value => (double)value),
        ];
        for (int layer = 0; layer < 3; layer++)
        {
            double[] linear = Linear(state, $"layers.{layer}.linear", values);
            double mean = linear.Average(), variance = linear.Average(value => (value - mean) * (value - mean));
            double[] output = [.. linear.Select((value, i) => Math.Max(0, ((value - mean) / Math.Sqrt(variance + 1e-5) * state[$"layers.{layer}.norm.weight"][i]) + state[$"layers.{layer}.norm.bias"][i]))];
            values = values.Length == output.Length ? [.. values.Zip(output, (left, right) => left + right)] : output;
        }
        return Linear(state, "output", values);
    }

    private static double[] Linear(Dictionary<string, float[]> state, string name, double[] values) =>
        [.. state[$"{name}.bias"].Select((bias, row) => bias + values.Select((value, i) => value * state[$"{name}.weight"][(row * values.Length) + i]).Sum())];
}
