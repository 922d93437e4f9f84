namespace Fuse.MLNet;

/// <summary>Measures segmentation by one minus the Tversky index, which weighs false positives and false negatives apart.</summary>
/// <remarks>
/// Salehi et al., "Tversky loss function for image segmentation using 3D fully convolutional deep networks", 2017; with
/// <see cref="Gamma"/> above 1 the focal Tversky loss of Abraham and Khan, "A novel focal Tversky loss function with improved attention U-Net for
/// lesion segmentation", 2019. Shapes as <see cref="DiceLoss"/>. Each row and class gives
/// (1 - (TP + eps) / (TP + alpha FP + beta FN + eps))^(1/gamma); alpha = beta = 0.5 is Dice with half its eps. Shapes, indices or weights that do not
/// fit are an <see cref="ArgumentException"/>.
/// </remarks>
public sealed record TverskyLoss : OverlapLoss
{
    // Below it the root's slope would grow without bound.
    private const double SmallestLoss = 1e-6;

    /// <summary>Gets the weight of false positives, 0 or more. Default: 0.3.</summary>
    public double Alpha { get; init => field = LossOption.NotNegative(value); } = 0.3;

    /// <summary>Gets the weight of false negatives, 0 or more. Default: 0.7.</summary>
    public double Beta { get; init => field = LossOption.NotNegative(value); } = 0.7;

    /// <summary>Gets the focus on hard regions, above 0: the loss is raised to 1 / gamma. Default: 1; Abraham and Khan use 4/3.</summary>
    public double Gamma { get; init => field = LossOption.Positive(value); } = 1;

    /// <summary>Gets the weights by class index, finite and 0 or more; null weighs all classes alike. Default: null.</summary>
    public ValueList<float>? ClassWeights { get; init; }

    /// <summary>Gets the classes left out of numerator and denominator, such as <c>[0]</c> for the background. Default: none.</summary>
    public ValueList<long> IgnoreClasses { get; init; } = [];

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch)
    {
        Overlap overlap = ReadClasses(batch);
        Tensor truePositives = overlap.Intersection();
        Tensor falsePositives = overlap.Predicted.sum(2) - truePositives;
        Tensor falseNegatives = overlap.Actual.sum(2) - truePositives;
        Tensor losses = 1 - ((truePositives + Eps) / (truePositives + (Alpha * falsePositives) + (Beta * falseNegatives) + Eps));
        if (Gamma != 1)
            losses = losses.clamp_min(SmallestLoss).pow(1 / Gamma);
        return new(losses, overlap.Weigh(ClassWeightTensor.Of(ClassWeights, IgnoreClasses, losses.shape[1], losses)));
    }
}
