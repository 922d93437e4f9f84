namespace Fuse.MLNet;

/// <summary>Measures regression by the mean absolute error.</summary>
/// <remarks>
/// <c>torch.nn.functional.l1_loss</c>: prediction and target of one shape; a prediction <c>[N, 1]</c> also fits a target <c>[N]</c>. Elements
/// whose target is NaN are left out of sum and count. Shapes that differ are an <see cref="ArgumentException"/>.
/// </remarks>
public sealed record LossMeanAbsoluteError : TargetLoss
{
    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch) => RegressionTerms.Of(batch, Pred, Target, (pred, target) => (pred - target).abs());
}
