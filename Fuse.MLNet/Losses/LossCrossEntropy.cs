namespace Fuse.MLNet;

/// <summary>Measures classification by the cross-entropy between logits and class indices.</summary>
/// <remarks>
/// <c>torch.nn.functional.cross_entropy</c>: prediction <c>[N, C, ...]</c> logits, target <c>[N, ...]</c> Int64 class indices; targets of
/// -100 are left out of sum and count. Its link is softmax.
/// </remarks>
public sealed record LossCrossEntropy : LossBase
{
    /// <summary>Gets the batch key of the logits. Default: <c>model.logits.head_0</c>.</summary>
    public string Pred { get; init; } = BatchKeys.Logits;

    /// <summary>Gets the batch key of the class indices. Default: <c>data.label</c>.</summary>
    public string Target { get; init; } = BatchKeys.Label;

    /// <inheritdoc/>
    public override Activation Link => Activation.Softmax;

    /// <inheritdoc/>
    public override string PredictionKey => Pred;

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch)
    {
        Tensor pred = batch[Pred];
        Tensor target = batch[Target];
        if (pred.dim() < 2 || target.dim() != pred.dim() - 1 || pred.shape[0] != target.shape[0] || !pred.shape.AsSpan(2).SequenceEqual(target.shape.AsSpan(1)))
            throw new ArgumentException($"cross-entropy needs logits [N, C, ...] and class indices [N, ...]; '{Pred}' is [{string.Join(", ", pred.shape)}] " +
                $"and '{Target}' is [{string.Join(", ", target.shape)}]");
        target = target.to(ScalarType.Int64);
        Tensor values = nn.functional.cross_entropy(pred, target, ignore_index: TensorColumn.MissingTarget, reduction: nn.Reduction.None);
        Tensor missing = target.eq(TensorColumn.MissingTarget);
        return new(values, missing.any().ToBoolean() ? missing.logical_not().to(values.dtype) : null);
    }
}
