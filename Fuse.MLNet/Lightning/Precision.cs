namespace Fuse.MLNet;

/// <summary>Says in which numbers a network computes while it is trained.</summary>
public enum Precision
{
    /// <summary>In those of its weights, Float32.</summary>
    Full,

    /// <summary>
    /// In BFloat16 where that is safe (matrix products, convolutions), by libtorch's autocast; weights, gradients and the optimizer stay Float32, and so
    /// does scoring. Lightning's <c>bf16-mixed</c>. Faster on devices with BFloat16 units: NVIDIA GPUs from Ampere on, processors with AMX or AVX-512 BF16.
    /// </summary>
    BFloat16,
}
