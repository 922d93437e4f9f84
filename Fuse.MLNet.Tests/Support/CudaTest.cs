namespace Fuse.MLNet.Tests;

/// <summary>Is the base of tests on a CUDA device, which are inconclusive where there is none.</summary>
public abstract class CudaTest : LeakCheckedTest
{
    /// <summary>Gets the first GPU, as <see cref="FuseDevice.Auto"/> chooses it.</summary>
    protected static Device Gpu => new(DeviceType.CUDA, 0);

    [TestInitialize]
    public void NeedsCuda()
    {
        if (!cuda.is_available())
            Assert.Inconclusive("This machine has no CUDA device, or the program no CUDA package of TorchSharp.");
    }

    /// <summary>Tells whether every parameter and buffer of a module is on the first GPU.</summary>
    protected static void IsOnGpu(nn.Module module)
    {
        foreach ((string name, Tensor value) in module.state_dict())
            Assert.AreEqual((DeviceType.CUDA, 0), (value.device_type, value.device_index), name);
    }

    /// <summary>Compares numbers that were computed on two devices.</summary>
    protected static void AreNear(nn.Module expected, nn.Module actual, double tolerance)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> other = actual.state_dict();
        foreach ((string name, Tensor value) in expected.state_dict())
            LossTesting.AreClose(value.cpu(), other[name].cpu(), tolerance, name);
    }
}
