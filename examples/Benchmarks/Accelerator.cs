using TorchSharp;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Is the device that the trainings are timed on.</summary>
internal static class Accelerator
{
    /// <summary>Gets whether it is a GPU.</summary>
    public static bool IsGpu { get; private set; }

    /// <summary>Gets it as an option.</summary>
    public static FuseDevice Option => IsGpu ? FuseDevice.Cuda() : FuseDevice.Cpu;

    /// <summary>Gets it as TorchSharp's.</summary>
    public static torch.Device Device => IsGpu ? new torch.Device(DeviceType.CUDA, 0) : torch.CPU;

    /// <summary>Chooses the first NVIDIA GPU.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static void ChooseGpu() => IsGpu = torch.cuda.is_available() ? true
        : throw new InvalidOperationException("There is no CUDA device, or the program has no CUDA package of TorchSharp.");

    /// <summary>Waits until all that was asked for is computed.</summary>
    public static void Wait()
    {
        if (IsGpu)
            torch.cuda.synchronize();
    }
}
