namespace Fuse.MLNet;

/// <summary>Measures the Brier skill score: 1 for perfect probabilities, 0 for those of who only knows how frequent each class is.</summary>
/// <remarks>
/// FuseMedML's <c>MetricBSS</c>: 1 - BS / BS_ref, where BS is the mean over rows of the sum over classes of (probability - came)^2, and
/// BS_ref that of the classes' shares in the targets. NaN when all targets are of one class.
/// </remarks>
public sealed record MetricBSS : ProbabilityMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="pred">The batch key of the probabilities.</param>
    /// <param name="target">The batch key of the class indices.</param>
    public MetricBSS(string pred, string target)
        : base(pred, target)
    {
    }

    /// <inheritdoc/>
    protected internal override MetricResult Evaluate(MetricRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var counts = new double[Math.Max(0, rows.Width - 1)];
        (double score, int count) = (0, 0);
        foreach ((int target, double[] probabilities) in Valid(rows))
        {
            count++;
            counts[target]++;
            score += probabilities.Select((probability, index) => Math.Pow(probability - (index == target ? 1 : 0), 2)).Sum();
        }
        if (counts.Count(rows => rows > 0) < 2)
            return double.NaN;
        // The mean of the reference is 1 - the sum of squared shares.
        double reference = 1 - counts.Sum(rows => rows / count * (rows / count));
        return 1 - (score / count / reference);
    }
}
