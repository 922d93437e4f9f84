namespace Fuse.MLNet.Tests;

/// <summary>Compares tensors as a whole.</summary>
internal static class TensorComparison
{
    /// <summary>Tells whether two tensors have one type, one shape and equal elements.</summary>
    public static bool SameAs(this Tensor left, Tensor right) =>
        left.dtype == right.dtype && left.shape.SequenceEqual(right.shape) && left.eq(right).all().IsTrue();
}
