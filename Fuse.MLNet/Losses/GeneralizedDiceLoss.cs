namespace Fuse.MLNet;

/// <summary>Measures segmentation by one minus the generalized Dice coefficient, in which a class weighs the inverse of its squared size.</summary>
/// <remarks>
/// Sudre et al., "Generalised Dice overlap as a deep learning loss function for highly unbalanced segmentations", 2017. Shapes as
/// <see cref="DiceLoss"/>. Each row gives 1 - (2 sum_c w_c sum(p t) + eps) / (sum_c w_c sum(p + t) + eps), where w_c = (m / sum(t_c))^2 and m is the size of
/// the smallest class that is there: the paper's weights in a scale that does not depend on the size of the map; a class that is not there weighs 1, as
/// the smallest. Shapes or indices that do not fit are an <see cref="ArgumentException"/>.
/// </remarks>
public sealed record GeneralizedDiceLoss : OverlapLoss
{
    /// <summary>Describes the loss with an <see cref="OverlapLoss.Eps"/> of 1e-5.</summary>
    public GeneralizedDiceLoss() => Eps = 1e-5;

    /// <summary>Gets the classes left out of numerator and denominator, such as <c>[0]</c> for the background. Default: none.</summary>
    public ValueList<long> IgnoreClasses { get; init; } = [];

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch)
    {
        Overlap overlap = ReadClasses(batch);
        Tensor actual = overlap.Actual.sum(2);
        Tensor? kept = ClassWeightTensor.Of(null, IgnoreClasses, actual.shape[1], actual);
        Tensor weights = Weights(actual, kept);
        Tensor intersection = (overlap.Intersection() * weights).sum(1);
        Tensor sizes = ((overlap.Predicted.sum(2) + actual) * weights).sum(1);
        Tensor losses = 1 - (((2 * intersection) + Eps) / (sizes + Eps));
        return new(losses, overlap.Weights?.amax([1]));
    }

    private static Tensor Weights(Tensor actual, Tensor? kept)
    {
        Tensor present = actual.gt(0);
        if (kept is not null)
            present = present.logical_and(kept.gt(0));
        Tensor smallest = actual.where(present, full_like(actual, double.PositiveInfinity)).amin([1], keepdim: true);
        Tensor weights = (smallest / actual).square().where(present, ones_like(actual));
        return kept is null ? weights : weights * kept;
    }
}
