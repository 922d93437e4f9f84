using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Measures classification by the cross-entropy between logits and class indices.</summary>
/// <remarks>
/// <c>torch.nn.functional.cross_entropy</c>: prediction <c>[N, C, ...]</c> logits, target <c>[N, ...]</c> class indices of any numeric
/// type, cast to Int64. Elements of <see cref="IgnoreIndex"/> or NaN are left out of sum and count. With <see cref="ClassWeights"/> it is
/// PyTorch's weighted mean, sum(w x loss) / sum(w); an element whose class weighs 0 is left out. Its link is softmax. Label smoothing:
/// Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2016. Shapes, indices or weights that do not fit are an
/// <see cref="ArgumentException"/>.
/// </remarks>
public sealed record LossCrossEntropy : TargetLoss
{
    /// <summary>Gets the weights by class index, finite and 0 or more; null weighs all classes alike. Default: null.</summary>
    public ValueList<float>? ClassWeights { get; init; }

    /// <summary>Gets the share of the target that is spread over all classes, 0 to 1. Default: 0.</summary>
    public double LabelSmoothing { get; init => field = LossOption.Fraction(value); }

    /// <summary>Gets the class index of elements to leave out. Default: -100, which also stands for a missing key.</summary>
    public long IgnoreIndex { get; init; } = TensorColumn.MissingTarget;

    /// <inheritdoc/>
    [JsonIgnore]
    public override Activation Link => Activation.Softmax;

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Terms(batch[Pred], ReadTarget(batch));
    }

    internal override LossValue Mean(BatchDict batch, nn.Module? module, Tensor? examples)
    {
        Tensor pred = batch[Pred];
        DenseTarget target = ReadTarget(batch);
        // On GPUs PyTorch adds up the mean over pixels in no fixed order.
        bool isExact = pred.dim() == 2 || pred.device_type == DeviceType.CPU;
        return ClassWeights is null && examples is null && target.Valid is null && isExact && target.Values.numel() > 0 && pred.dtype is ScalarType.Float32 or ScalarType.Float64
            ? new(nn.functional.cross_entropy(pred, target.Values, null, IgnoreIndex, nn.Reduction.Mean, LabelSmoothing), pred.size(0))
            : LossReduction.Mean(Terms(pred, target), batch, examples);
    }

    private DenseTarget ReadTarget(BatchDict batch) => DenseTarget.ReadIndices(batch[Pred], batch[Target], Pred, Target, IgnoreIndex, ResizeMode.None, batch.KnownRange(Target));

    private LossTerms Terms(Tensor pred, DenseTarget target) =>
        CrossEntropyTerms.Of(pred, target, ClassWeightTensor.Of(ClassWeights, pred.size(1), pred), IgnoreIndex, LabelSmoothing);
}
