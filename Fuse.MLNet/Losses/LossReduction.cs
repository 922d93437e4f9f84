namespace Fuse.MLNet;

/// <summary>Reduces element losses, always as sum / count, so that weights of one give the same bits as no weights.</summary>
internal static class LossReduction
{
    /// <summary>Reduces a batch's element losses to their mean.</summary>
    public static LossValue Mean(LossTerms terms, BatchDict batch)
    {
        Tensor values = terms.Values;
        if (values.dim() == 0)
            return new(values, terms.RowCount ?? batch.RowCount);
        if (values.numel() == 0)
            return new(values.sum(), 0);
        if (terms.Weights is not { } weights)
            return new(values.sum() / Count(values, values.numel()), terms.RowCount ?? values.shape[0]);
        Tensor total = weights.sum();
        // With nothing left to average the sum is 0 and so must the loss be; a gradient of 0 flows.
        Tensor safe = total.where(total > 0, ones_like(total));
        double rows = (weights.dim() > 1 ? weights.flatten(1).amax([1]) : weights).gt(0).sum().ToInt64();
        return new((values * weights).sum() / safe, rows);
    }

    // A tensor divisor takes the same kernel as a sum of weights, on every device.
    private static Tensor Count(Tensor like, long count) => full([], (double)count, dtype: like.dtype, device: like.device);
}
