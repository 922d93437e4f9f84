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
    public static FuseDevice Cuda(int index = 0) => new(DeviceType.CUDA, index);

    /// <summary>Chooses the device: this option, then the context's GPU, then what there is.</summary>
    /// <exception cref="InvalidOperationException">The device is not there and falling back was not allowed.</exception>
    internal Device Resolve(int? gpuDeviceId, bool fallbackToCpu)
    {
        (DeviceType? type, int index) = Type is not null ? (Type, Index) : gpuDeviceId is { } id ? (DeviceType.CUDA, id) : (null, -1);
        return type switch
        {
            null => cuda.is_available() ? CUDA : CPU,
            DeviceType.CUDA when !cuda.is_available() || index >= cuda.device_count() => fallbackToCpu ? CPU
                : throw MLNetErrors.Mark(new InvalidOperationException(
                    $"The CUDA device {index} was asked for, and libtorch sees {(cuda.is_available() ? cuda.device_count() : 0)} of them. Reference a CUDA package of " +
                    "TorchSharp (TorchSharp-cuda-linux or -windows), or set FallbackToCpu on the MLContext.")),
            DeviceType.CUDA => new Device(DeviceType.CUDA, index),
            DeviceType.MPS when !mps_is_available() => fallbackToCpu ? CPU
                : throw MLNetErrors.Mark(new InvalidOperationException("Apple's GPU (MPS) was asked for and is not there. Set FallbackToCpu on the MLContext, or use FuseDevice.Cpu.")),
            _ => new Device(type.Value),
        };
    }
}
