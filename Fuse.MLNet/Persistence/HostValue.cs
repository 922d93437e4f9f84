namespace Fuse.MLNet;

/// <summary>Reads one number of a tensor, on whatever device it is.</summary>
/// <remarks>
/// A number of another device is copied first, which waits until it is computed; TorchSharp's own <c>item</c> leaves that copy to the garbage collector.
/// Not by way of TorchSharp's Scalar either: nothing keeps one alive while native code reads it, so that a garbage collection caused by another
/// thread can free it too early.
/// </remarks>
internal static class HostValue
{
    /// <summary>Reads a number of any type.</summary>
    public static double Number(this Tensor value)
    {
        if (value.dtype == ScalarType.Float32)
            return value.Item<float>();
        if (value.device_type == DeviceType.CPU)
        {
            using Tensor wide = value.to(ScalarType.Float64);
            return wide.item<double>();
        }
        // In this order: not every device has Float64.
        using Tensor host = value.cpu();
        return host.Number();
    }

    /// <summary>Reads a Boolean.</summary>
    public static bool IsTrue(this Tensor value) => value.Item<bool>();

    /// <summary>Reads an Int64, such as a count.</summary>
    public static long Whole(this Tensor value) => value.Item<long>();

    private static T Item<T>(this Tensor value)
        where T : unmanaged
    {
        if (value.device_type == DeviceType.CPU)
            return value.item<T>();
        using Tensor host = value.cpu();
        return host.item<T>();
    }
}
