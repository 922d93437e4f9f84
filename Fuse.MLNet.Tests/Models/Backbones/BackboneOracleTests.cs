namespace Fuse.MLNet.Tests;

/// <summary>Compares backbones with their originals in PyTorch: names, shapes, numbers of parameters, and values to the last digits.</summary>
[TestClass]
public sealed class BackboneOracleTests : LeakCheckedTest
{
    private const double Tolerance = 1e-8;

    public static IEnumerable<object[]> Names => Backbones.Names;

    public static IEnumerable<object[]> MiddleNames => Backbones.MiddleNames;

    [TestMethod]
    public void EveryCaseIsTested() => CollectionAssert.AreEquivalent(BackboneCase.Names.ToArray(), Backbones.All.Keys.ToArray());

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void ParametersAndBuffersHaveTheOriginalsNamesAndShapes(string name)
    {
        using nn.Module module = Backbones.All[name].Build();
        string[] expected = [.. BackboneCase.Of(name).State.Select(pair => $"{pair.Key} [{string.Join(", ", pair.Value)}]").Order(StringComparer.Ordinal)];
        string[] actual = [.. module.state_dict().Select(pair => $"{pair.Key} [{string.Join(", ", pair.Value.shape)}]").Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(Array.Empty<string>(), expected.Except(actual).Take(5).ToArray(), $"missing: {string.Join("; ", expected.Except(actual).Take(5))}");
        CollectionAssert.AreEqual(Array.Empty<string>(), actual.Except(expected).Take(5).ToArray(), $"unexpected: {string.Join("; ", actual.Except(expected).Take(5))}");
        Assert.AreEqual(BackboneCase.Of(name).Parameters, module.parameters().Sum(parameter => parameter.numel()));
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void ValuesEqualTheOriginals(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using var noGrad = no_grad();
        var expected = BackboneCase.Of(name);
        using nn.Module module = Backbones.All[name].Build().to(ScalarType.Float64);
        module.eval();
        BackboneCase.Fill(module);
        Tensor output = Backbones.Call(module, expected.Inputs(ScalarType.Float64));
        CollectionAssert.AreEqual(expected.OutputShape, output.shape);
        double[] actual = [.. output.flatten().data<double>().Where((_, i) => i % expected.Step == 0)];
        double scale = expected.Values.Max(Math.Abs);
        Assert.IsGreaterThan(0.01, scale);
        Assert.HasCount(expected.Values.Length, actual);
        for (int i = 0; i < actual.Length; i++)
            Assert.AreEqual(expected.Values[i], actual[i], Tolerance * scale, $"value {i}");
    }

    [TestMethod]
    [DynamicData(nameof(MiddleNames))]
    public void ABatchOfOneGivesWhatABatchOfManyGives(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using var noGrad = no_grad();
        using nn.Module module = Backbones.All[name].Build();
        module.eval();
        BackboneCase.Fill(module);
        Tensor[] one = BackboneCase.Of(name).Inputs(ScalarType.Float32);
        Tensor[] many = [.. one.Select(input => cat([input, input.flip(1)]))];
        byte[] before = Learning.Weights(module);
        Tensor all = Backbones.Call(module, many);
        for (int row = 0; row < all.shape[0]; row++)
            Assert.IsTrue(Backbones.Call(module, [.. many.Select(input => input.narrow(0, row, 1))]).allclose(all.narrow(0, row, 1), 1e-4, 1e-4), $"row {row}");
        CollectionAssert.AreEqual(before, Learning.Weights(module), "Evaluation changed a buffer.");
    }
}
