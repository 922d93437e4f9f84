namespace Fuse.MLNet;

/// <summary>Reduces element losses as sum / count. Example weights of one are left out, so that they give the same bits as none.</summary>
internal static class LossReduction
{
    /// <summary>Reduces a batch's element losses to their mean, weighted by the elements' and the examples' weights.</summary>
    /// <param name="terms">The losses of the elements.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="weights">The examples' weights; null when all weigh 1.</param>
    public static LossValue Mean(LossTerms terms, BatchDict batch, Tensor? weights)
    {
        if (terms.IsReduced)
            return new(terms.Values, terms.ReducedRows ?? terms.RowCount ?? batch.RowCount);
        terms = Wide(terms);
        Tensor values = terms.Values;
        if (values.dim() == 0)
            // Weights of 1 change nothing here, but the next batch may have others.
            return batch.TryGet<Tensor>(BatchKeys.ExampleWeight, out _) ? throw NeedsRows("example weights need") : new(values, terms.RowCount ?? batch.RowCount);
        Tensor? examples = weights is null ? null : PerElement(weights, terms);
        if (values.numel() == 0)
            return new(values.sum(), 0);
        if (terms.Weights is null && examples is null)
            // On the CPU mean is sum over count, in one call.
            return new(values.device_type == DeviceType.CPU ? values.mean() : values.sum() / Divisor(values, values.numel()), terms.RowCount ?? values.size(0));
        Tensor all = terms.Weights is not { } elements ? examples!.expand_as(values) : examples is null ? elements : elements * examples;
        Tensor total = all.sum();
        // With nothing left to average the sum is 0 and so must the loss be; a gradient of 0 flows.
        Tensor safe = total.where(total > 0, ones_like(total));
        return new((values * all).sum() / safe, RowWeight(all, examples));
    }

    /// <summary>Gets the weights of a batch's examples, or null when there are none, or all are 1, which gives the same bits as none.</summary>
    /// <exception cref="InvalidOperationException">One is negative or not finite.</exception>
    public static Tensor? ExampleWeights(BatchDict batch)
    {
        if (!batch.TryGet<Tensor>(BatchKeys.ExampleWeight, out Tensor? given))
            return null;
        if (!given.ge(0).logical_and(given.isfinite()).all().IsTrue())
            throw new InvalidOperationException($"'{BatchKeys.ExampleWeight}' holds a weight that is negative or not finite");
        return given.eq(1).all().IsTrue() ? null : given;
    }

    /// <summary>Reduces the element losses of each row to the row's mean <c>[rows]</c>; NaN where a row has no element left.</summary>
    public static Tensor Rows(LossTerms terms, int rows)
    {
        if (terms.Values.dim() == 0)
            throw NeedsRows("a loss column needs");
        terms = Wide(terms);
        Tensor values = PerRow(terms.Weights is { } weights ? terms.Values * weights : terms.Values);
        // A row of one element has the value that PyTorch gives without reduction, its weight in it; a row of several, their weighted mean.
        Tensor counts = terms.Weights is not { } mask ? full([], values.shape[1], values.dtype, values.device)
            : values.shape[1] == 1 ? PerRow(mask).gt(0).sum(1) : PerRow(mask).sum(1);
        Tensor means = values.sum(1) / counts;
        return terms.Rows is { } indices ? full([rows], double.NaN, means.dtype, means.device).index_copy(0, indices, means) : means;
    }

    private static Tensor PerElement(Tensor given, LossTerms terms)
    {
        Tensor weights = given.to(terms.Values.dtype);
        if (terms.Rows is { } rows)
            weights = weights.index_select(0, rows);
        return weights.reshape([-1, .. Enumerable.Repeat(1L, (int)terms.Values.dim() - 1)]);
    }

    // A sum over a batch leaves the range of half precision soon.
    private static LossTerms Wide(LossTerms terms) => terms.Values.dtype is not (ScalarType.Float16 or ScalarType.BFloat16) ? terms
        : terms with { Values = terms.Values.to(ScalarType.Float32), Weights = terms.Weights?.to(ScalarType.Float32) };

    private static Tensor PerRow(Tensor values) => values.dim() == 1 ? values.unsqueeze(1) : values.flatten(1);

    private static InvalidOperationException NeedsRows(string who) =>
        new($"it gave one number for the whole batch, and {who} one loss a row: compute it with Reduction.None");

    /// <summary>Gets what the batch weighs in a mean over an epoch: its rows with an element left, or the sum of their example weights.</summary>
    private static double RowWeight(Tensor weights, Tensor? examples)
    {
        Tensor valid = PerRow(weights).gt(0).any(1);
        return examples is null ? valid.sum().Whole() : (examples.flatten() * valid).sum().Number();
    }

    // A tensor divisor takes the same kernel as a sum of weights, on every device.
    private static Tensor Divisor(Tensor like, long count) => full([], (double)count, dtype: like.dtype, device: like.device);
}
