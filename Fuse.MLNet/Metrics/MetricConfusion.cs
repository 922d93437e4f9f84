namespace Fuse.MLNet;

/// <summary>Measures sensitivity, specificity, precision and F1, each class against the rest.</summary>
/// <remarks>
/// FuseMedML's <c>MetricConfusion</c>. Values are named <c>sensitivity</c> for class 1 of two classes without names, else
/// <c>sensitivity.&lt;class&gt;</c> and <c>sensitivity.macro_avg</c>. Sensitivity is NaN for a class without rows, specificity for one with
/// all rows, F1 for one neither there nor predicted; NaN is left out of the average. Precision of a class never predicted is 0.
/// </remarks>
public sealed record MetricConfusion : PredictedClassMetric
{
    private static readonly string[] Known = ["sensitivity", "recall", "tpr", "specificity", "selectivity", "tnr", "precision", "ppv", "f1"];

    /// <summary>Describes the metric.</summary>
    /// <param name="pred">The batch key of the prediction.</param>
    /// <param name="target">The batch key of the class indices.</param>
    /// <param name="classNames">The classes' names by index, or null.</param>
    /// <param name="metrics">What to compute, by its name: see <see cref="Metrics"/>.</param>
    public MetricConfusion(string pred, string target, ValueList<string>? classNames = null, ValueList<string>? metrics = null)
        : base(pred, target, classNames) => Metrics = metrics ?? ["sensitivity"];

    /// <summary>
    /// Gets what to compute: <c>sensitivity</c> (also <c>recall</c>, <c>tpr</c>), <c>specificity</c> (<c>selectivity</c>, <c>tnr</c>),
    /// <c>precision</c> (<c>ppv</c>), <c>f1</c>. Default: sensitivity.
    /// </summary>
    public ValueList<string> Metrics { get; init => field = Check(value); }

    private protected override MetricResult OfConfusion(ConfusionCounts counts) =>
        MetricResult.Named(Metrics.SelectMany(metric => PerClass(counts.Classes, index => Value(metric, counts, index)).Values
            .Select(value => (value.Name.Length == 0 ? metric : $"{metric}.{value.Name}", value.Value))));

    private static double Value(string metric, ConfusionCounts counts, int index)
    {
        double hits = counts[index, index];
        (double isClass, double predicted) = (counts.True[index], counts.Predicted[index]);
        double others = counts.Total - isClass;
        return metric switch
        {
            "sensitivity" or "recall" or "tpr" => hits / isClass,
            "specificity" or "selectivity" or "tnr" => others == 0 ? double.NaN : (others - (predicted - hits)) / others,
            "precision" or "ppv" => predicted > 0 ? hits / predicted : counts.Total > 0 ? 0 : double.NaN,
            _ => 2 * hits / (isClass + predicted),
        };
    }

    private static ValueList<string> Check(ValueList<string> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _ = MetricOption.Names(metrics, 1, option: nameof(Metrics));
        return metrics.FirstOrDefault(metric => !Known.Contains(metric)) is not { } unknown ? metrics
            : throw new ArgumentException($"There is no metric '{unknown}' of the confusion matrix. {ClosestName.Hint(unknown, Known)}", nameof(metrics));
    }
}
