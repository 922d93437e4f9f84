namespace Fuse.MLNet;

/// <summary>Measures how near prediction and target are to a straight line, from -1 to 1.</summary>
/// <remarks>FuseMedML's <c>MetricPearsonCorrelation</c> (its statistic), over the elements of all columns. NaN when predictions or targets are all equal.</remarks>
public sealed record MetricPearsonCorrelation : PairMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="pred">The batch key of the prediction.</param>
    /// <param name="target">The batch key of the target.</param>
    /// <param name="mask">The batch key of a mask, or null.</param>
    public MetricPearsonCorrelation(string pred, string target, string? mask = null)
        : base(pred, target, mask)
    {
    }

    private protected override double OfPairs(double[] pred, double[] target) => Correlation(pred, target);
}
