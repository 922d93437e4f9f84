namespace Fuse.MLNet;

/// <summary>Measures regression by the coefficient of determination: 1 is perfect, 0 is as good as the targets' mean.</summary>
/// <remarks>
/// FuseMedML's <c>MetricR2</c>, <c>sklearn.metrics.r2_score</c>: 1 - sum((target - pred)^2) / sum((target - mean)^2), over the elements of
/// all columns. NaN when all targets are equal.
/// </remarks>
public sealed record MetricR2 : PairMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="pred">The batch key of the prediction.</param>
    /// <param name="target">The batch key of the target.</param>
    /// <param name="mask">The batch key of a mask, or null.</param>
    public MetricR2(string pred, string target, string? mask = null)
        : base(pred, target, mask)
    {
    }

    private protected override double OfPairs(double[] pred, double[] target)
    {
        double mean = target.Average();
        double error = pred.Zip(target, (p, t) => (t - p) * (t - p)).Sum();
        return IsConstant(target) ? double.NaN : 1 - (error / target.Sum(value => (value - mean) * (value - mean)));
    }
}
