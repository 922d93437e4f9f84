namespace Fuse.MLNet.Tests;

/// <summary>Compares tensors as a whole.</summary>
internal static class TensorComparison
{
    /// <summary>Gets the bytes of a tensor, on whatever device it is.</summary>
    public static byte[] HostBytes(this Tensor value)
    {
        using Tensor host = value.detach().cpu();
        return host.bytes.ToArray();
    }

    /// <summary>Tells whether two tensors have one type, one shape and equal elements, on whatever devices they are.</summary>
    public static bool SameAs(this Tensor left, Tensor right) =>
        left.dtype == right.dtype && left.shape.SequenceEqual(right.shape) && left.eq(right.to(left.device)).all().IsTrue();
}
