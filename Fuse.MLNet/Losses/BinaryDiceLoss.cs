namespace Fuse.MLNet;

/// <summary>Measures the segmentation of one region by one minus its Dice coefficient in each row.</summary>
/// <remarks>
/// FuseMedML's <c>BinaryDiceLoss</c>; Milletari et al., "V-Net", 2016. Prediction <c>[N, ...]</c> or <c>[N, 1, ...]</c>, logits or
/// probabilities; target <c>[N, ...]</c> or <c>[N, 1, ...]</c> of values 0 to 1. Each row gives
/// 1 - (2 sum(p t) + eps) / (sum(p^power + t^power) + eps) over all its elements. Shapes or values that do not fit are an
/// <see cref="ArgumentException"/>.
/// </remarks>
public sealed record BinaryDiceLoss : OverlapLoss
{
    /// <summary>Describes the loss of logits, with a sigmoid.</summary>
    public BinaryDiceLoss() => Activation = Activation.Sigmoid;

    /// <summary>Gets the exponent of probabilities and targets in the denominator, 1 or more. Default: 1.</summary>
    public double Power { get; init => field = LossOption.AtLeastOne(value); } = 1;

    /// <summary>Gets how the rows make one number. Default: the mean.</summary>
    public RowReduction Reduction { get; init; }

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (Activation == Activation.Softmax)
            throw new ArgumentException($"it measures one region, which softmax cannot make; use {nameof(Activation)} = {nameof(Activation.Sigmoid)}, or {nameof(DiceLoss)}");
        Tensor pred = WithoutChannel(batch[Pred]);
        Tensor target = WithoutChannel(batch[Target]);
        if (pred.dim() < 2 || pred.dim() != target.dim() || pred.shape[0] != target.shape[0])
            throw new ArgumentException($"it needs a prediction and a target [N, ...] or [N, 1, ...]; {ShapeText.Of(Pred, batch[Pred], Target, batch[Target])}");
        (pred, target) = (pred.unsqueeze(1), target.unsqueeze(1));
        Overlap overlap = Overlap.Of(Probabilities(pred), DenseTarget.Read(pred, target, Pred, Target, IgnoreIndex, Resize));
        var terms = new LossTerms(overlap.Dice(Power, Eps).squeeze(1), overlap.Weights?.squeeze(1));
        return Reduction == RowReduction.Sum ? RowTerms.Sum(terms) : terms;
    }

    private static Tensor WithoutChannel(Tensor map) => map.dim() >= 4 && map.shape[1] == 1 ? map.squeeze(1) : map;
}
