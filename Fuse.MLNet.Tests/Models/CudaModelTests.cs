using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Runs backbones and models on a GPU, and compares with the CPU.</summary>
[TestClass]
public sealed class CudaModelTests : CudaTest
{
    private readonly MLContext _ml = new(seed: 3);

    public static IEnumerable<object[]> BackboneNames => Backbones.MiddleNames;

    public static IEnumerable<object[]> ModelNames => ModelSamples.Models.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(BackboneNames))]
    public void ABackboneGivesWhatItGivesOnTheCpu(string name)
    {
        using var scope = NewDisposeScope();
        using nn.Module module = Backbones.All[name].Build();
        BackboneCase.Fill(module);
        module.eval();
        // Float64 rounds too little to hide a mistake.
        module.to(ScalarType.Float64);
        Tensor[] inputs = BackboneCase.Of(name).Inputs(ScalarType.Float64);
        Tensor expected = Backbones.Call(module, inputs);
        expected.square().sum().backward();
        Dictionary<string, Tensor> gradients = module.named_parameters().Where(pair => pair.parameter.grad is not null).ToDictionary(pair => pair.name, pair => pair.parameter.grad!.clone());
        module.zero_grad();
        module.to(Gpu);
        IsOnGpu(module);
        Tensor actual = Backbones.Call(module, [.. inputs.Select(input => input.to(Gpu))]);
        LossTesting.AreClose(expected, actual.cpu(), 1e-8, "output");
        actual.square().sum().backward();
        foreach ((string parameter, TorchSharp.Modules.Parameter value) in module.named_parameters())
            if (gradients.TryGetValue(parameter, out Tensor? gradient))
                LossTesting.AreClose(gradient, value.grad!.cpu(), 1e-6, $"gradient of {parameter}");
    }

    [TestMethod]
    [DynamicData(nameof(ModelNames))]
    public void AModelTrainsAndScoresEquallyAfterLoading(string name)
    {
        IDataView view = Scan.Rows(_ml, 12);
        FuseTransformer model = Own(_ml.Fuse().Train(ModelTableTests.Options(name)).Fit(view));
        IsOnGpu(model.Network);
        ModelTableTests.AssertScoresEquallyAfterLoading(model, view, Path.Combine(Folder, "model.zip"));
    }
}
