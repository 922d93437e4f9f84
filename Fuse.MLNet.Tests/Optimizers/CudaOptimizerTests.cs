using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

/// <summary>Steps parameters on a GPU, and compares with the CPU.</summary>
[TestClass]
public sealed class CudaOptimizerTests : CudaTest
{
    private const int Steps = 30;

    private static readonly Dictionary<string, OptimizerSpec> All = new(OptimizerCases.All.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Ours)))
    {
        ["rprop"] = Optimizers.Rprop(),
    };

    public static IEnumerable<object[]> Names => All.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void StepsAreTheCpusAndGoOnFromASavedState(string name)
    {
        foreach ((ScalarType type, double tolerance) in new[] { (ScalarType.Float32, 1e-5), (ScalarType.Float64, 1e-11) })
        {
            using var scope = NewDisposeScope();
            KeyValuePair<string, Parameter>[] host = OptimizerSample.Parameters(type), device = OnGpu(OptimizerSample.Parameters(type));
            using ParameterOptimizer expected = All[name].Build(host), actual = All[name].Build(device);
            Assert.AreEqual(expected.GetType(), actual.GetType());
            OptimizerSample.Walk(expected, host, 0, Steps);
            OptimizerSample.Walk(actual, device, 0, Steps);
            OptimizerSample.AssertNear(OptimizerSample.Values(host), OptimizerSample.Values(device), tolerance, $"of {type}");

            // The CPU's state goes on on the GPU, and the reverse.
            KeyValuePair<string, Parameter>[] back = [.. device.Select(pair => KeyValuePair.Create(pair.Key, new Parameter(pair.Value.detach().cpu())))], there = OnGpu(host);
            using ParameterOptimizer onHost = All[name].Build(back), onDevice = All[name].Build(there);
            onHost.LoadState(actual.SaveState().ToDictionary(pair => pair.Key, pair => pair.Value.cpu()));
            onDevice.LoadState(expected.SaveState());
            OptimizerSample.Walk(expected, host, Steps, 2 * Steps);
            OptimizerSample.Walk(onHost, back, Steps, 2 * Steps);
            OptimizerSample.Walk(onDevice, there, Steps, 2 * Steps);
            OptimizerSample.AssertNear(OptimizerSample.Values(host), OptimizerSample.Values(back), 2 * tolerance, $"of {type}, back on the CPU");
            OptimizerSample.AssertNear(OptimizerSample.Values(host), OptimizerSample.Values(there), 2 * tolerance, $"of {type}, gone on on the GPU");
        }
    }

    [TestMethod]
    [DataRow(0.5)]
    [DataRow(1e6)]
    public void GradientsAreClippedAsOnTheCpu(double limit)
    {
        using var scope = NewDisposeScope();
        KeyValuePair<string, Parameter>[] host = OptimizerSample.Parameters(), device = OnGpu(OptimizerSample.Parameters());
        foreach (Action<Parameter[]> clip in new Action<Parameter[]>[] { all => GradientClip.Norm(all, limit), all => GradientClip.Value(all, limit), all => GradientClip.Divide(all, 3) })
        {
            OptimizerSample.SetGradients(host, 1);
            OptimizerSample.SetGradients(device, 1);
            clip(OptimizerCases.ValuesOf(host));
            clip(OptimizerCases.ValuesOf(device));
            foreach ((Parameter expected, Parameter actual) in OptimizerCases.ValuesOf(host).Zip(OptimizerCases.ValuesOf(device)))
                LossTesting.AreClose(expected.grad!, actual.grad!.cpu(), 1e-6, "gradient");
        }
    }

    private static KeyValuePair<string, Parameter>[] OnGpu(KeyValuePair<string, Parameter>[] parameters) =>
        [.. parameters.Select(pair => KeyValuePair.Create(pair.Key, new Parameter(pair.Value.detach().to(Gpu))))];
}
