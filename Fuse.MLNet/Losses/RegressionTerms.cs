namespace Fuse.MLNet;

/// <summary>Computes regression losses element by element.</summary>
internal static class RegressionTerms
{
    /// <summary>Applies a loss to prediction and target of one shape, leaving out elements whose target is NaN.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static LossTerms Of(BatchDict batch, string predKey, string targetKey, Func<Tensor, Tensor, Tensor> loss)
    {
        (Tensor pred, Tensor target, Tensor? missing) = Read(batch, predKey, targetKey);
        if (missing is null)
            return new(loss(pred, target));
        Tensor valid = missing.logical_not();
        return new(loss(pred, target.where(valid, pred.detach())), valid.to(pred.dtype));
    }

    /// <summary>Reads prediction and target of one shape, and a mask of the elements whose target is NaN, or null when there is none.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static (Tensor Pred, Tensor Target, Tensor? Missing) Read(BatchDict batch, string predKey, string targetKey)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor pred = batch[predKey];
        Tensor target = batch[targetKey];
        if (pred.dim() == target.dim() + 1 && pred.shape[^1] == 1)
            pred = pred.squeeze(-1);
        if (!ShapeText.Same(pred.shape, target.shape))
            throw new ArgumentException($"the shapes differ: {ShapeText.Of(predKey, batch[predKey], targetKey, target)}");
        target = target.to(pred.dtype);
        Tensor missing = target.isnan();
        return (pred, target, missing.any().IsTrue() ? missing : null);
    }
}
