namespace Fuse.MLNet;

/// <summary>Measures the area under the receiver operating characteristic curve, each class against the rest.</summary>
/// <remarks>
/// FuseMedML's <c>MetricAUCROC</c>: prediction <c>[N, C]</c> scores, or <c>[N]</c> the score of class 1; target <c>[N]</c> class indices.
/// Two classes without names give one value, that of class 1; else there is one a class and <c>macro_avg</c>. Ties count half. A class
/// without rows, or with all of them, is NaN and left out of the average. Rows without a target (-100 or NaN) are left out.
/// </remarks>
public sealed record MetricAUCROC : ScoreMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="pred">The batch key of the scores.</param>
    /// <param name="target">The batch key of the class indices.</param>
    /// <param name="classNames">The classes' names by index, or null.</param>
    public MetricAUCROC(string pred, string target, ValueList<string>? classNames = null)
        : base(pred, target, classNames)
    {
    }

    /// <summary>
    /// Gets the largest false positive rate of a partial area, above 0 and at most 1; it is standardized to 0.5 for chance and 1 for perfect (McClish,
    /// "Analyzing a portion of the ROC curve", 1989). Default: null, the whole area.
    /// </summary>
    public double? MaxFpr { get; init => field = MetricOption.Share(value); }

    private protected override double OfRanking(RankedRows rows)
    {
        if (rows.Positives == 0 || rows.Negatives == 0)
            return double.NaN;
        double limit = MaxFpr ?? 1;
        (double area, double fpr, double tpr) = (0, 0, 0);
        foreach ((double positives, double negatives) in rows.Walk())
        {
            (double nextFpr, double nextTpr) = (negatives / rows.Negatives, positives / rows.Positives);
            double end = Math.Min(nextFpr, limit);
            double atEnd = nextFpr > fpr ? tpr + ((nextTpr - tpr) * (end - fpr) / (nextFpr - fpr)) : nextTpr;
            area += (end - fpr) * (tpr + atEnd) / 2;
            if (nextFpr > limit)
                break;
            (fpr, tpr) = (nextFpr, nextTpr);
        }
        double chance = limit * limit / 2;
        return limit == 1 ? area : (1 + ((area - chance) / (limit - chance))) / 2;
    }
}
