namespace Fuse.MLNet;

/// <summary>Measures regression by the smooth L1 loss: the Huber loss divided by its threshold.</summary>
/// <remarks>
/// <c>torch.nn.functional.smooth_l1_loss</c>: prediction and target of one shape; a prediction <c>[N, 1]</c> also fits a target <c>[N]</c>. Elements
/// whose target is NaN are left out of sum and count. Shapes that differ are an <see cref="ArgumentException"/>.
/// </remarks>
public sealed record LossSmoothL1 : TargetLoss
{
    /// <summary>Gets the error from which the loss is linear, above 0. Default: 1.</summary>
    public double Beta { get; init => field = LossOption.Positive(value); } = 1;

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch) => RegressionTerms.Of(batch, Pred, Target, (pred, target) => nn.functional.smooth_l1_loss(pred, target, nn.Reduction.None, Beta));
}
