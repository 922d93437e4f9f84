namespace Fuse.MLNet;

/// <summary>Measures regression by the mean squared error.</summary>
/// <remarks>
/// <c>torch.nn.functional.mse_loss</c>: prediction and target of one shape; a prediction <c>[N, 1]</c> also fits a target <c>[N]</c>. Elements
/// whose target is NaN are left out of sum and count. Shapes that differ are an <see cref="ArgumentException"/>.
/// </remarks>
public sealed record LossMeanSquaredError : TargetLoss
{
    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch) => RegressionTerms.Of(batch, Pred, Target, (pred, target) => (pred - target).square());

    internal override LossValue Mean(BatchDict batch, nn.Module? module, Tensor? examples) =>
        examples is null && RegressionTerms.Read(batch, Pred, Target) is (var pred, var target, null) && pred.dim() > 0 && pred.numel() > 0 && pred.dtype is ScalarType.Float32 or ScalarType.Float64
            ? new(nn.functional.mse_loss(pred, target), pred.size(0)) : base.Mean(batch, module, examples);
}
