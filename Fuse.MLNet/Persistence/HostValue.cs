namespace Fuse.MLNet;

/// <summary>Reads one number of a tensor.</summary>
/// <remarks>
/// Not by way of TorchSharp's Scalar: nothing keeps one alive while native code reads it, so that a garbage collection caused by another
/// thread can free it too early.
/// </remarks>
internal static class HostValue
{
    /// <summary>Reads a number of any type.</summary>
    public static double Number(this Tensor value)
    {
        if (value.dtype == ScalarType.Float32)
            return value.item<float>();
        using Tensor wide = value.to(ScalarType.Float64);
        return wide.item<double>();
    }

    /// <summary>Reads a Boolean.</summary>
    public static bool IsTrue(this Tensor value) => value.item<bool>();

    /// <summary>Reads an Int64, such as a count.</summary>
    public static long Whole(this Tensor value) => value.item<long>();
}
