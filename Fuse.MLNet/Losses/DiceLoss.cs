namespace Fuse.MLNet;

/// <summary>Measures segmentation by one minus the Dice coefficient of each class, averaged over classes and rows.</summary>
/// <remarks>
/// FuseMedML's <c>DiceLoss</c>; Milletari et al., "V-Net", 2016. Prediction <c>[N, C, H, W]</c> or <c>[N, C, D, H, W]</c>, logits or
/// probabilities; target class indices <c>[N, H, W]</c> (any numeric type), or one-hot, soft or multi-label maps <c>[N, C, H, W]</c>; with
/// one channel, 0 or 1 <c>[N, H, W]</c>. Each row and class gives 1 - (2 sum(p t) + eps) / (sum(p^power + t^power) + eps), and these are
/// averaged with <see cref="ClassWeights"/>. Shapes, indices or weights that do not fit are an <see cref="ArgumentException"/>.
/// </remarks>
public sealed record DiceLoss : OverlapLoss
{
    /// <summary>Gets the weights by class index, finite and 0 or more; null weighs all classes alike. Default: null.</summary>
    public ValueList<float>? ClassWeights { get; init; }

    /// <summary>Gets the classes left out of numerator and denominator, such as <c>[0]</c> for the background. Default: none.</summary>
    public ValueList<long> IgnoreClasses { get; init; } = [];

    /// <summary>Gets the exponent of probabilities and targets in the denominator, 1 or more. Default: 1.</summary>
    public double Power { get; init => field = LossOption.AtLeastOne(value); } = 1;

    /// <summary>Gets how the rows make one number. Default: the mean.</summary>
    public RowReduction Reduction { get; init; }

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch)
    {
        Overlap overlap = ReadClasses(batch);
        Tensor losses = overlap.Dice(Power, Eps);
        var terms = new LossTerms(losses, overlap.Weigh(ClassWeightTensor.Of(ClassWeights, IgnoreClasses, losses.shape[1], losses)));
        return Reduction == RowReduction.Sum ? RowTerms.Sum(terms) : terms;
    }
}
