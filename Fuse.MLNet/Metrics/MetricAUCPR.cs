namespace Fuse.MLNet;

/// <summary>Measures average precision, the area under the precision-recall curve, each class against the rest.</summary>
/// <remarks>
/// Average precision, the sum of (R_n - R_(n-1)) P_n over the distinct scores, as <c>sklearn.metrics.average_precision_score</c>;
/// FuseMedML's <c>MetricAUCPR</c> joins the points by straight lines instead, which is too high. Prediction <c>[N, C]</c> scores, or
/// <c>[N]</c> the score of class 1; target <c>[N]</c> class indices. Two classes without names give one value, that of class 1; else there
/// is one a class and <c>macro_avg</c>. A class without rows is NaN and left out of the average. Rows without a target (-100 or NaN) are
/// left out.
/// </remarks>
public sealed record MetricAUCPR : ScoreMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="pred">The batch key of the scores.</param>
    /// <param name="target">The batch key of the class indices.</param>
    /// <param name="classNames">The classes' names by index, or null.</param>
    public MetricAUCPR(string pred, string target, ValueList<string>? classNames = null)
        : base(pred, target, classNames)
    {
    }

    private protected override double OfRanking(RankedRows rows)
    {
        if (rows.Positives == 0)
            return double.NaN;
        (double area, double before) = (0, 0);
        foreach ((double positives, double negatives) in rows.Walk())
        {
            area += (positives - before) / rows.Positives * (positives / (positives + negatives));
            before = positives;
        }
        return area;
    }
}
