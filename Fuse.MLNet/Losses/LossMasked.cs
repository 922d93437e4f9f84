namespace Fuse.MLNet;

/// <summary>Weighs the elements of a loss by a mask of the batch, so that elements without a target count for nothing.</summary>
/// <remarks>
/// The mask is Boolean or holds weights of 0 or more: <c>[N]</c>, or of the loss's element shape, where it may end early or have sizes of 1, such as
/// <c>[N, T]</c> for <c>[N, T, D]</c>. The batch's loss is sum(mask x loss) / sum(mask). Works with every loss that has rows; a target that marks
/// its own gaps (NaN or an ignore index) needs no mask; a function must give finite elements also where the mask is 0. A mask that does not fit is an <see cref="ArgumentException"/>.
/// </remarks>
public sealed record LossMasked : WrappedLoss
{
    /// <summary>Describes the loss.</summary>
    /// <param name="loss">The loss whose elements are weighed.</param>
    /// <param name="mask">The batch key of the mask.</param>
    public LossMasked(LossBase loss, string mask)
        : base(loss)
    {
        ArgumentException.ThrowIfNullOrEmpty(mask);
        Mask = mask;
    }

    /// <summary>Gets the batch key of the mask.</summary>
    public string Mask { get; }

    /// <inheritdoc/>
    protected internal override LossTerms Compute(BatchDict batch, nn.Module? module)
    {
        ArgumentNullException.ThrowIfNull(batch);
        LossTerms terms = NestedLoss.Compute(Loss, batch, module);
        if (terms.IsReduced)
            return terms;
        Tensor values = terms.Values;
        Tensor mask = terms.Rows is { } rows ? batch[Mask].index_select(0, rows) : batch[Mask];
        if (values.dim() == 0)
            throw new ArgumentException($"a mask needs a loss that has rows; {Loss.GetType().Name} gives a scalar. A function should return its elements, such as with Reduction.None");
        if (!Fits(mask.shape, values.shape))
            throw new ArgumentException($"the mask '{Mask}' is {ShapeText.Of(mask)}, which does not fit the loss's elements {ShapeText.Of(values)}");
        Tensor weights = mask.to(values.dtype);
        if (weights.isfinite().logical_and(weights.ge(0)).all().IsTrue() is false)
            throw new ArgumentException($"the mask '{Mask}' must hold finite weights of 0 or more");
        weights = weights.reshape([.. mask.shape, .. Enumerable.Repeat(1L, (int)(values.dim() - mask.dim()))]).expand(values.shape);
        return terms with { Weights = terms.Weights is { } inner ? inner * weights : weights };
    }

    private static bool Fits(long[] mask, long[] values) => mask.Length > 0 && mask.Length <= values.Length && mask[0] == values[0]
        && mask.Zip(values).All(size => size.First == size.Second || size.First == 1);
}
