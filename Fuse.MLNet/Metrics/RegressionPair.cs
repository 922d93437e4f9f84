namespace Fuse.MLNet;

/// <summary>Reads prediction and target of a regression as Float64 <c>[N, k]</c>; the target is NaN where it does not count.</summary>
internal static class RegressionPair
{
    /// <summary>Reads both from a batch.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static (Tensor Pred, Tensor Target) Read(RegressionMetric metric, BatchDict batch)
    {
        (Tensor pred, Tensor target) = (PerRow(batch[metric.Pred]), PerRow(batch[metric.Target]));
        if (batch[metric.Pred].dim() == 0 || batch[metric.Target].dim() == 0 || !SameButForOnes(batch[metric.Pred], batch[metric.Target]))
            throw new ArgumentException($"the shapes differ: {ShapeText.Of(metric.Pred, batch[metric.Pred], metric.Target, batch[metric.Target])}");
        if (metric.Mask is not { } key)
            return (pred, target);
        Tensor mask = PerRow(batch[key]);
        if (mask.shape[0] != target.shape[0] || (mask.shape[1] != 1 && mask.shape[1] != target.shape[1]))
            throw new ArgumentException($"the mask '{key}' is {ShapeText.Of(batch[key])}, " +
                $"which is neither one value a row nor of the target's shape {ShapeText.Of(batch[metric.Target])}");
        using Scalar nothing = double.NaN;
        return (pred, target.masked_fill(mask.eq(MetricTable.Zero), nothing));
    }

    private static Tensor PerRow(Tensor tensor) => MetricTable.Wide(tensor.dim() == 0 ? tensor.reshape(1, 1) : tensor.unsqueeze(1).flatten(1));

    // [N] fits [N, 1], but [N] never fits [1, N].
    private static bool SameButForOnes(Tensor left, Tensor right) => left.shape[0] == right.shape[0]
        && ShapeText.Same([.. left.shape.Skip(1).Where(size => size != 1)], [.. right.shape.Skip(1).Where(size => size != 1)]);
}
