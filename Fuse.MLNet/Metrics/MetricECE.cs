namespace Fuse.MLNet;

/// <summary>Measures the expected calibration error: how far the highest probability is from the share of rows in which its class came.</summary>
/// <remarks>
/// Guo et al., "On calibration of modern neural networks", 2017: over bins of equal width, sum of share of rows x |accuracy - mean
/// confidence|. FuseMedML's <c>MetricECE</c> takes a bin's upper edge for its confidence, which is higher. A bin holds its upper edge. NaN
/// when there is no row, or a probability is not a number.
/// </remarks>
public sealed record MetricECE : ProbabilityMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="pred">The batch key of the probabilities.</param>
    /// <param name="target">The batch key of the class indices.</param>
    public MetricECE(string pred, string target)
        : base(pred, target)
    {
    }

    /// <summary>Gets the number of bins, 1 or more. Default: 10.</summary>
    public int Bins { get; init => field = MetricOption.AtLeast(value, 1); } = 10;

    /// <inheritdoc/>
    protected internal override MetricResult Evaluate(MetricRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var gaps = new double[Bins];
        int count = 0;
        foreach ((int target, double[] probabilities) in Valid(rows))
        {
            count++;
            if (probabilities.Any(double.IsNaN))
                return double.NaN;
            double confidence = probabilities.Max();
            int bin = Math.Clamp((int)Math.Ceiling(confidence * Bins) - 1, 0, Bins - 1);
            gaps[bin] += (Array.IndexOf(probabilities, confidence) == target ? 1 : 0) - confidence;
        }
        return count == 0 ? double.NaN : gaps.Sum(Math.Abs) / count;
    }
}
