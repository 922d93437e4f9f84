namespace Fuse.MLNet;

/// <summary>Measures balanced accuracy: the average over classes of the share of their rows that were recognized.</summary>
/// <remarks>
/// FuseMedML's <c>MetricBalAccuracy</c>, <c>sklearn.metrics.balanced_accuracy_score</c>. Classes without rows are left out; NaN when there
/// is no row.
/// </remarks>
public sealed record MetricBalAccuracy : PredictedClassMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="pred">The batch key of the prediction.</param>
    /// <param name="target">The batch key of the class indices.</param>
    public MetricBalAccuracy(string pred, string target)
        : base(pred, target, null)
    {
    }

    private protected override MetricResult OfConfusion(ConfusionCounts counts) =>
        Average(Enumerable.Range(0, counts.Classes).Select(index => counts[index, index] / counts.True[index]));
}
