namespace Fuse.MLNet;

/// <summary>Measures regression by the mean absolute error, in the target's unit.</summary>
/// <remarks>FuseMedML's <c>MetricMAE</c>; shapes, gaps and NaN as <see cref="RegressionMetric"/> says.</remarks>
public sealed record MetricMAE : ErrorMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="pred">The batch key of the prediction.</param>
    /// <param name="target">The batch key of the target.</param>
    /// <param name="mask">The batch key of a mask, or null.</param>
    public MetricMAE(string pred, string target, string? mask = null)
        : base(pred, target, mask)
    {
    }

    private protected override Tensor Error(Tensor difference) => difference.abs();
}
