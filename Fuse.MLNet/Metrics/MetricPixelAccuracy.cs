namespace Fuse.MLNet;

/// <summary>Measures segmentation by the share of a class's elements that were found, both / target, for each class.</summary>
/// <remarks>
/// FuseMedML's <c>MetricPixelAccuracy</c>, without its faults: each class is scored by its own mask, and one that is predicted where it is
/// not scores 0.
/// </remarks>
public sealed record MetricPixelAccuracy : SegmentationMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="pred">The batch key of the prediction.</param>
    /// <param name="target">The batch key of the class indices.</param>
    /// <param name="classNames">The classes' names by index, the background's too, or null.</param>
    public MetricPixelAccuracy(string pred, string target, ValueList<string>? classNames = null)
        : base(pred, target, classNames)
    {
    }

    private protected override double Score(double both, double predicted, double target) => both / target;
}
