namespace Fuse.MLNet;

/// <summary>Reduces element losses within rows.</summary>
internal static class RowTerms
{
    /// <summary>Makes a scalar of the sum over rows of each row's weighted mean.</summary>
    public static LossTerms Sum(LossTerms terms)
    {
        (Tensor values, Tensor? weights) = (terms.Values, terms.Weights);
        long rows = values.shape[0];
        if (weights is null)
            return new((values.dim() > 1 ? values.flatten(1).mean([1]) : values).sum(), RowCount: rows);
        Tensor sums = PerRow(values * weights);
        Tensor totals = PerRow(weights);
        long valid = totals.gt(0).sum().Whole();
        return new((sums / totals.where(totals.gt(0), ones_like(totals))).sum(), RowCount: valid);
    }

    /// <summary>Sums the elements of each row: <c>[N, ...]</c> to <c>[N]</c>.</summary>
    public static Tensor PerRow(Tensor values) => values.dim() > 1 ? values.flatten(1).sum(1) : values;
}
