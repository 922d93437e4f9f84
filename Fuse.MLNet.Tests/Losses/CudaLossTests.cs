namespace Fuse.MLNet.Tests;

/// <summary>Computes losses on a GPU, and compares with the CPU.</summary>
[TestClass]
public sealed class CudaLossTests : CudaTest
{
    public static IEnumerable<object[]> Names => LossOracleTests.Comparable;

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void ValueAndGradientsAreTheCpus(string name)
    {
        using var scope = NewDisposeScope();
        var given = Oracle.Case(name);
        LossBase loss = LossOracleTests.Loss(given);
        BatchDict host = LossOracleTests.Batch(given, isDouble: false, out string[] differentiable), device = CudaBatch.Of(host);
        (Tensor expected, Tensor actual) = (LossTesting.Value(loss, host), LossTesting.Value(loss, device));
        Assert.AreEqual(DeviceType.CUDA, actual.device_type);
        LossTesting.AreClose(expected, actual.cpu(), 1e-5, "value");
        expected.backward();
        actual.backward();
        foreach (string input in differentiable)
            LossTesting.AreClose(host[input].grad!, device[input].grad!.cpu(), 1e-5, $"gradient of {input}");
    }
}
