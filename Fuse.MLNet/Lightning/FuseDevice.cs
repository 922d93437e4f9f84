namespace Fuse.MLNet;

/// <summary>Names the device that a network runs on.</summary>
public sealed record FuseDevice
{
    private FuseDevice(DeviceType? type, int index) => (Type, Index) = (type, index);

    /// <summary>Gets the default: the MLContext's <c>GpuDeviceId</c> if set, else CUDA where there is one, else the CPU.</summary>
    public static FuseDevice Auto { get; } = new(null, -1);

    /// <summary>Gets the processor.</summary>
    public static FuseDevice Cpu { get; } = new(DeviceType.CPU, -1);

    /// <summary>Gets Apple's GPU.</summary>
    public static FuseDevice Mps { get; } = new(DeviceType.MPS, -1);

    /// <summary>Gets the kind of device; null for <see cref="Auto"/>.</summary>
    public DeviceType? Type { get; }

    /// <summary>Gets the device's index among its kind, or -1.</summary>
    public int Index { get; }

    /// <summary>Names an NVIDIA GPU.</summary>
    /// <param name="index">Its index, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    public static FuseDevice Cuda(int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return new(DeviceType.CUDA, index);
    }

    /// <summary>Chooses the device: this option, then the context's GPU, then what there is.</summary>
    /// <param name="gpuDeviceId">The context's GPU, or null.</param>
    /// <param name="fallbackToCpu">Whether the CPU stands in for a device that is not there.</param>
    /// <param name="warn">Is told when it does.</param>
    /// <exception cref="InvalidOperationException">The device is not there and falling back was not allowed.</exception>
    internal Device Resolve(int? gpuDeviceId, bool fallbackToCpu, Action<string> warn)
    {
        if (Type is null && gpuDeviceId is null)
            return cuda.is_available() ? new Device(DeviceType.CUDA, 0) : CPU;
        if (Type == DeviceType.CPU)
            return CPU;
        string problem;
        if (Type == DeviceType.MPS)
        {
            if (mps_is_available())
                return new Device(DeviceType.MPS);
            problem = $"{nameof(FuseDevice)}.{nameof(Mps)} asks for Apple's GPU, and libtorch sees none.";
        }
        else
        {
            int index = Type is null ? gpuDeviceId!.Value : Index;
            int count = cuda.is_available() ? cuda.device_count() : 0;
            if (index >= 0 && index < count)
                return new Device(DeviceType.CUDA, index);
            problem = $"{(Type is null ? $"The MLContext's GpuDeviceId = {index}" : $"{nameof(FuseDevice)}.{nameof(Cuda)}({index})")} asks for a CUDA device, and libtorch sees " +
                (count == 0 ? "none: the program has no CUDA package of TorchSharp (TorchSharp-cuda-linux or -windows), or the machine no such GPU." : $"{count}, numbered from 0.");
        }
        if (!fallbackToCpu)
            throw MLNetErrors.Mark(new InvalidOperationException($"{problem} Set FallbackToCpu = true on the MLContext to use the CPU instead, or ask for {nameof(FuseDevice)}.{nameof(Cpu)}."));
        warn($"{problem} The CPU is used instead, as FallbackToCpu says.");
        return CPU;
    }
}
