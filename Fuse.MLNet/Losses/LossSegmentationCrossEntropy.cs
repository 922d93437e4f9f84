using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Measures segmentation by the cross-entropy of each pixel, by default weighting classes by how rare they are.</summary>
/// <remarks>
/// FuseMedML's <c>LossSegmentationCrossEntropy</c>: prediction <c>[N, C, H, W]</c> or <c>[N, C, D, H, W]</c> logits, target <c>[N, H, W]</c>
/// or <c>[N, D, H, W]</c> class indices, cast to Int64; a larger target is resized to the prediction, and weights are counted after that.
/// The loss is the weighted mean over the pixels of the batch; pixels of <see cref="IgnoreIndex"/> are left out. Its link is softmax.
/// Shapes, indices or weights that do not fit, and a target smaller than the prediction, are an <see cref="ArgumentException"/>.
/// </remarks>
public sealed record LossSegmentationCrossEntropy : TargetLoss
{
    /// <summary>Gets the weights of the classes. Default: <see cref="ClassWeighting.InverseProportional"/>.</summary>
    public ClassWeighting ClassWeights { get; init; } = ClassWeighting.InverseProportional;

    /// <summary>Gets how a larger target is resized. Default: <see cref="ResizeMode.Interpolate"/>.</summary>
    public ResizeMode Resize { get; init; } = ResizeMode.Interpolate;

    /// <summary>Gets the class index of pixels to leave out. Default: -100.</summary>
    public long IgnoreIndex { get; init; } = TensorColumn.MissingTarget;

    /// <inheritdoc/>
    [JsonIgnore]
    public override Activation Link => Activation.Softmax;

    internal override bool DependsOnBatch => ClassWeights == ClassWeighting.InverseProportional;

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor pred = batch[Pred];
        if (pred.dim() is not (4 or 5))
            throw new ArgumentException($"it needs logits [N, C, H, W] or [N, C, D, H, W]; '{Pred}' is {ShapeText.Of(pred)}");
        var target = DenseTarget.ReadIndices(pred, batch[Target], Pred, Target, IgnoreIndex, Resize);
        return CrossEntropyTerms.Of(pred, target, ClassWeights.For(target.Values, target.Valid, pred.shape[1], pred), IgnoreIndex);
    }
}
