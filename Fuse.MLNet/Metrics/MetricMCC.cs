namespace Fuse.MLNet;

/// <summary>Measures the Matthews correlation coefficient, for any number of classes.</summary>
/// <remarks>
/// Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", 2004; as
/// <c>sklearn.metrics.matthews_corrcoef</c>. One prediction for all rows gives 0; targets of one class, or no rows, are NaN.
/// </remarks>
public sealed record MetricMCC : PredictedClassMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="pred">The batch key of the prediction.</param>
    /// <param name="target">The batch key of the class indices.</param>
    public MetricMCC(string pred, string target)
        : base(pred, target, null)
    {
    }

    private protected override MetricResult OfConfusion(ConfusionCounts counts)
    {
        double total = counts.Total;
        (double hits, double both, double predicted, double targets) = (0, 0, total * total, total * total);
        for (int index = 0; index <= counts.Classes; index++)
        {
            double isPredicted = counts.Predicted[index];
            predicted -= isPredicted * isPredicted;
            if (index == counts.Classes)
                break;
            double isClass = counts.True[index];
            hits += counts[index, index];
            both += isPredicted * isClass;
            targets -= isClass * isClass;
        }
        // Weights are sums of rounded numbers: what is left of nothing may not be 0.
        double nothing = 1e-12 * total * total;
        return targets <= nothing ? double.NaN : predicted <= nothing ? 0 : ((hits * total) - both) / Math.Sqrt(predicted * targets);
    }
}
