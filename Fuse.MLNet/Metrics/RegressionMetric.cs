namespace Fuse.MLNet;

/// <summary>Is the base of the regression metrics.</summary>
/// <remarks>
/// Prediction and target of one shape, <c>[N]</c> or <c>[N, ...]</c>; <c>[N, 1]</c> fits <c>[N]</c>. Elements whose target is NaN are left
/// out, and the metric is over all others, whatever their column. A prediction that is not a number makes the metric NaN, and so does a set
/// without elements.
/// </remarks>
public abstract record RegressionMetric : TargetMetric
{
    private protected RegressionMetric(string pred, string target, string? mask)
        : base(pred, target) => Mask = mask;

    /// <summary>Gets the batch key of a mask, <c>[N]</c> or of the target's shape: elements where it is false or 0 are left out. Default: null, all count.</summary>
    public string? Mask { get; init => field = MetricOption.OptionalKey(value); }
}
