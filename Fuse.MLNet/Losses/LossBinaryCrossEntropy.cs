using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Measures yes-or-no predictions by the binary cross-entropy between logits and targets.</summary>
/// <remarks>
/// <c>torch.nn.functional.binary_cross_entropy_with_logits</c>: prediction and target of one shape <c>[N, ...]</c>, target Boolean or 0 to 1;
/// a prediction <c>[N, 1]</c> or <c>[N, 1, ...]</c> also fits a target <c>[N]</c> or <c>[N, ...]</c>. Elements that are NaN or
/// <see cref="IgnoreIndex"/> are left out of sum and count, so a row of several labels may lack some. Its link is sigmoid. Shapes or values that
/// do not fit are an <see cref="ArgumentException"/>.
/// </remarks>
public sealed record LossBinaryCrossEntropy : TargetLoss
{
    /// <summary>
    /// Gets the weight of positive targets: one for all, or one for each index of dimension 1; finite and 0 or more. Null weighs positives
    /// as negatives. Default: null.
    /// </summary>
    public ValueList<float>? PositiveWeight { get; init; }

    /// <summary>Gets the target value of elements to leave out. Default: -100.</summary>
    public long IgnoreIndex { get; init; } = TensorColumn.MissingTarget;

    /// <inheritdoc/>
    [JsonIgnore]
    public override Activation Link => Activation.Sigmoid;

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor pred = batch[Pred];
        Tensor target = batch[Target];
        if (pred.dim() == target.dim() + 1 && pred.shape[1] == 1)
            pred = pred.squeeze(1);
        if (pred.dim() == 0 || !ShapeText.Same(pred.shape, target.shape))
            throw new ArgumentException($"the shapes differ: {ShapeText.Of(Pred, batch[Pred], Target, target)}");
        (Tensor values, Tensor? valid) = BinaryTargets.Read(target, pred, IgnoreIndex, Target);
        return new(nn.functional.binary_cross_entropy_with_logits(pred, values, null, nn.Reduction.None, PositiveWeights(pred)), valid?.to(pred.dtype));
    }

    private Tensor? PositiveWeights(Tensor pred)
    {
        if (PositiveWeight is null)
            return null;
        long classes = pred.dim() > 1 ? pred.shape[1] : 1;
        if (PositiveWeight.Count == 1)
            return ClassWeightTensor.Of(PositiveWeight, 1, pred);
        return ClassWeightTensor.Of(PositiveWeight, classes, pred)?.reshape([-1, .. Enumerable.Repeat(1L, (int)Math.Max(pred.dim() - 2, 0))]);
    }
}
