namespace Fuse.MLNet;

/// <summary>Measures how far prediction and target have the same order, from -1 to 1.</summary>
/// <remarks>
/// FuseMedML's <c>MetricSpearmanCorrelation</c> (its statistic): Pearson's correlation of the ranks, over the elements of all columns;
/// equal values share their mean rank. NaN when predictions or targets are all equal.
/// </remarks>
public sealed record MetricSpearmanCorrelation : PairMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="pred">The batch key of the prediction.</param>
    /// <param name="target">The batch key of the target.</param>
    /// <param name="mask">The batch key of a mask, or null.</param>
    public MetricSpearmanCorrelation(string pred, string target, string? mask = null)
        : base(pred, target, mask)
    {
    }

    private protected override double OfPairs(double[] pred, double[] target) => Correlation(Ranks(pred), Ranks(target));

    private static double[] Ranks(double[] values)
    {
        double[] sorted = [.. values];
        int[] order = [.. Enumerable.Range(0, values.Length)];
        Array.Sort(sorted, order);
        var ranks = new double[values.Length];
        for (int first = 0, end; first < sorted.Length; first = end)
        {
            for (end = first + 1; end < sorted.Length && sorted[end] == sorted[first];)
                end++;
            for (int i = first; i < end; i++)
                ranks[order[i]] = (first + end - 1) / 2.0;
        }
        return ranks;
    }
}
