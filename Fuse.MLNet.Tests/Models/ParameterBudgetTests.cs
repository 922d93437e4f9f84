using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Checks that a model file cannot make the library build more parameters than its weights have.</summary>
[TestClass]
public sealed class ParameterBudgetTests : LeakCheckedTest
{
    private const long MostBytes = 64 << 20;

    public static IEnumerable<object[]> Kinds => Backbones.MiddleNames.Select(row => (string)row[0]).Concat(["resnet18", "inception_0", "effi_unet_b0", "mvit"]).Distinct().Select(name => new object[] { name });

    public static IEnumerable<object[]> Models => ModelSamples.Models.Keys.Where(name => name != "network.torch_script").Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void EveryParameterOfABackboneIsTaken(string name) => CheckTaken(Backbones.All[name].Build);

    [TestMethod]
    [DynamicData(nameof(Models))]
    public void EveryParameterOfAModelIsTakenButThoseOfUsersClasses(string name)
    {
        using var scope = NewDisposeScope();
        var rows = new BatchDict
        {
            RowCount = 2,
            Phase = Phase.Predict,
            ["data.left"] = zeros(2, 1, 6, 6),
            ["data.right"] = zeros(2, 2, 6, 6),
            ["data.age"] = zeros(2),
            ["data.blood"] = zeros(2, 2),
        };
        FuseModel model = ModelSamples.Models[name].Infer(new DataShapes(0, 0, () => rows));
        CheckTaken(model.Build);
    }

    [TestMethod]
    public void EveryKindOfBackboneIsCounted() => CollectionAssert.AreEquivalent(
        Backbones.All.Values.Select(network => network.GetType()).Distinct().ToArray(), Kinds.Select(row => Backbones.All[(string)row[0]].GetType()).Distinct().ToArray());

    [TestMethod]
    [DataRow("mlp_small", "\"layers\": \\[[^]]*\\]", "\"layers\": [1000000000, 4]")]
    [DataRow("mlp_small", "\"layers\": \\[[^]]*\\]", "\"layers\": [9223372036854775807, 9223372036854775807]")]
    [DataRow("mlp_small", "\"mlpInputSize\": 6", "\"mlpInputSize\": 1000000000000")]
    [DataRow("vit_3d", "\"depth\": \\d+", "\"depth\": 2000000000")]
    [DataRow("vit_3d", "\"mlpDim\": \\d+", "\"mlpDim\": 100000000")]
    [DataRow("vit_3d", "\"dimHead\": \\d+", "\"dimHead\": 4611686018427387904")]
    [DataRow("text_mean", "\"numTokens\": 5", "\"numTokens\": 1000000000")]
    [DataRow("text_mean", "\"depth\": \\d+", "\"depth\": 2000000000")]
    [DataRow("unet2d_small", "\"firstChannelDim\": 6", "\"firstChannelDim\": 100000")]
    [DataRow("resnet3d_stem", "\"stemKernelSize\": \\[[^]]*\\]", "\"stemKernelSize\": [100000, 100000, 100000]")]
    [DataRow("resnet3d_stem", "\"layers\": \\[[^]]*\\]", "\"layers\": [1000000000, 1, 1, 1]")]
    public void DescriptionLargerThanItsWeightsIsRefusedBeforeItIsBuilt(string name, string what, string by)
    {
        var ml = new MLContext(seed: 1);
        (FuseTransformer model, IDataView rows) = BackboneTests.Train(ml, name);
        string path = Path.Combine(Folder, "model.zip");
        using (model)
            ml.Model.Save(model, rows.Schema, path);
        Archives.Edit(path, "model.json", bytes =>
        {
            string text = System.Text.Encoding.UTF8.GetString(bytes), edited = Regex.Replace(text, what, by, RegexOptions.CultureInvariant);
            Assert.AreNotEqual(text, edited);
            return System.Text.Encoding.UTF8.GetBytes(edited);
        });
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Loading.Refused<InvalidDataException>(ml, path).Message;
        Assert.IsLessThan(MostBytes, GC.GetAllocatedBytesForCurrentThread() - before, message);
        Assert.Contains("model.safetensors", message);
    }

    /// <summary>Builds once to know the parameters, and again with just as many in the budget.</summary>
    private static void CheckTaken(Func<nn.Module> build)
    {
        using var scope = NewDisposeScope();
        SafetensorsEntry[] own;
        using (nn.Module module = build())
            own = [.. Counted(module).Select(parameter => new SafetensorsEntry(parameter.dtype, parameter.shape, 0, 0))];
        using (ParameterBudget.Limit(own, "the weights", out ParameterBudget budget))
        {
            using nn.Module module = build();
            Assert.AreEqual("0 tensors, 0 values", string.Create(CultureInfo.InvariantCulture, $"{budget.Tensors} tensors, {budget.Values} values"));
        }
        if (own.Length == 0)
            return;
        using IDisposable less = ParameterBudget.Limit(own[1..], "the weights", out _);
        Assert.Contains("beyond what the weights hold", Assert.Throws<InvalidDataException>(() => build().Dispose()).Message);
    }

    private static IEnumerable<Tensor> Counted(nn.Module module)
    {
        if (module.GetType().Assembly == typeof(ParameterBudgetTests).Assembly)
            return [];
        return module.named_parameters(false).Select(pair => (Tensor)pair.parameter).Concat(module.named_children().SelectMany(child => Counted(child.module))).DistinctBy(parameter => parameter.Handle);
    }
}
