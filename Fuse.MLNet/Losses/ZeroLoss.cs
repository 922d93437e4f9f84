namespace Fuse.MLNet;

/// <summary>Makes zeros that backward accepts.</summary>
internal static class ZeroLoss
{
    /// <summary>Makes a scalar 0 whose gradient to a tensor is 0, also where the tensor holds NaN or infinite values.</summary>
    public static Tensor Of(Tensor source) =>
        // The sum of no elements: 0 times the sum of all would be NaN as soon as one of them is not finite.
        source.reshape(-1).narrow(0, 0, 0).sum();
}
