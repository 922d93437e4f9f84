namespace Fuse.MLNet;

/// <summary>Finds the rows whose target is missing: class index -100, or NaN.</summary>
internal static class MissingTargets
{
    /// <summary>Gets a Boolean mask <c>[N]</c> of the rows that have a target, or null when all have one.</summary>
    /// <param name="target">A target of one value a row, <c>[N]</c> or <c>[N, 1]</c>; others are taken as complete.</param>
    public static Tensor? ValidRows(Tensor target)
    {
        if (target.dim() is not (1 or 2) || (target.dim() == 2 && target.shape[1] != 1))
            return null;
        Tensor flat = target.flatten();
        Tensor missing = flat.is_floating_point() ? flat.isnan() : flat.eq(TensorColumn.MissingTarget);
        return missing.any().IsTrue() ? missing.logical_not() : null;
    }
}
