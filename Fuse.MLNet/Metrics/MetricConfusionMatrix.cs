namespace Fuse.MLNet;

/// <summary>Counts the rows of each true class that were given each class.</summary>
/// <remarks>
/// FuseMedML's <c>MetricConfusionMatrix</c>. Values are named <c>&lt;true class&gt;.&lt;predicted class&gt;</c>, row by row. A row without
/// a predicted class (-1) is in no cell, but in its row's total.
/// </remarks>
public sealed record MetricConfusionMatrix : PredictedClassMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="pred">The batch key of the prediction.</param>
    /// <param name="target">The batch key of the class indices.</param>
    /// <param name="classNames">The classes' names by index.</param>
    public MetricConfusionMatrix(string pred, string target, ValueList<string> classNames)
        : base(pred, target, classNames ?? throw new ArgumentNullException(nameof(classNames)))
    {
    }

    /// <summary>Gets whether cells are shares of their true class, NaN for one without rows. Default: false, they are sums of the rows' weights.</summary>
    public bool Normalize { get; init; }

    private protected override MetricResult OfConfusion(ConfusionCounts counts) => MetricResult.Named(
        from target in Enumerable.Range(0, counts.Classes)
        from predicted in Enumerable.Range(0, counts.Classes)
        select ($"{NameOf(target)}.{NameOf(predicted)}", counts[target, predicted] / (Normalize ? counts.True[target] : 1)));
}
