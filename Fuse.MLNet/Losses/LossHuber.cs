namespace Fuse.MLNet;

/// <summary>Measures regression by the Huber loss: squared where the error is small, linear where it is large.</summary>
/// <remarks>
/// <c>torch.nn.functional.huber_loss</c>: prediction and target of one shape; a prediction <c>[N, 1]</c> also fits a target <c>[N]</c>. Elements
/// whose target is NaN are left out of sum and count. Shapes that differ are an <see cref="ArgumentException"/>.
/// </remarks>
public sealed record LossHuber : TargetLoss
{
    /// <summary>Gets the error from which the loss is linear, above 0. Default: 1.</summary>
    public double Delta { get; init => field = LossOption.Positive(value); } = 1;

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch) => RegressionTerms.Of(batch, Pred, Target, (pred, target) => nn.functional.huber_loss(pred, target, Delta, nn.Reduction.None));
}
