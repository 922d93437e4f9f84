namespace Fuse.MLNet;

/// <summary>Measures regression by the mean squared error.</summary>
/// <remarks>
/// <c>torch.nn.functional.mse_loss</c>: prediction and target of one shape; a prediction <c>[N, 1]</c> also fits a target <c>[N]</c>. Rows
/// whose target is NaN are left out of sum and count.
/// </remarks>
public sealed record LossMeanSquaredError : LossBase
{
    /// <summary>Gets the batch key of the prediction. Default: <c>model.logits.head_0</c>.</summary>
    public string Pred { get; init; } = BatchKeys.Logits;

    /// <summary>Gets the batch key of the target. Default: <c>data.label</c>.</summary>
    public string Target { get; init; } = BatchKeys.Label;

    /// <inheritdoc/>
    public override string PredictionKey => Pred;

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch)
    {
        Tensor pred = batch[Pred];
        Tensor target = batch[Target];
        if (pred.dim() == target.dim() + 1 && pred.shape[^1] == 1)
            pred = pred.squeeze(-1);
        if (!pred.shape.AsSpan().SequenceEqual(target.shape))
            throw new ArgumentException($"the shapes differ: '{Pred}' is [{string.Join(", ", pred.shape)}] and '{Target}' is [{string.Join(", ", target.shape)}]");
        target = target.to(pred.dtype);
        Tensor missing = target.isnan();
        if (!missing.any().ToBoolean())
            return new((pred - target).square());
        return new((pred - target.where(missing.logical_not(), pred.detach())).square(), missing.logical_not().to(pred.dtype));
    }
}
