using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Measures classification or segmentation by the focal loss, which turns down the elements that are already right.</summary>
/// <remarks>
/// <para>
/// Lin et al., "Focal Loss for Dense Object Detection", 2017; FuseMedML's <c>FocalLoss</c> with its gradient and the paper's alpha;
/// torchvision's <c>sigmoid_focal_loss</c>. Prediction <c>[N, C, ...]</c> logits; target <c>[N, ...]</c> class indices, cast to Int64, or for the
/// sigmoid form 0 or 1 for each channel <c>[N, C, ...]</c>, and <c>[N, ...]</c> for one channel.
/// </para>
/// <para>
/// Sigmoid form: -alpha_t (1 - p_t)^gamma log(p_t) for each class against the rest, averaged over all N x C x ... entries. Softmax form: the same with the
/// softmax probability of the true class, averaged over N x ...; its negative class is class 0. Shapes, indices or weights that do not
/// fit are an <see cref="ArgumentException"/>.
/// </para>
/// </remarks>
public sealed record FocalLoss : TargetLoss
{
    /// <summary>Gets the form: <see cref="Activation.Sigmoid"/> or <see cref="Activation.Softmax"/>. Default: sigmoid.</summary>
    public Activation Activation { get; init; } = Activation.Sigmoid;

    /// <summary>Gets the weight of positives, 0 to 1; negatives weigh one minus it. Null weighs both 1. Default: 0.25.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? Alpha { get; init => field = value is { } alpha ? LossOption.Fraction(alpha) : null; } = 0.25;

    /// <summary>Gets the focus on hard elements, 0 or more. Default: 2.</summary>
    public double Gamma { get; init => field = LossOption.NotNegative(value); } = 2;

    /// <summary>
    /// Gets the weights by class, finite and 0 or more, of a weighted mean: of the channel in the sigmoid form, of the true class in the softmax form.
    /// Default: null, all alike.
    /// </summary>
    public ValueList<float>? ClassWeights { get; init; }

    /// <summary>Gets how a larger target is resized. Default: <see cref="ResizeMode.Interpolate"/>.</summary>
    public ResizeMode Resize { get; init; } = ResizeMode.Interpolate;

    /// <summary>Gets the target value of elements to leave out. Default: -100.</summary>
    public long IgnoreIndex { get; init; } = TensorColumn.MissingTarget;

    /// <inheritdoc/>
    [JsonIgnore]
    public override Activation Link => Activation;

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor pred = batch[Pred];
        Tensor target = batch[Target];
        return Activation switch
        {
            Activation.Softmax => Softmax(pred, DenseTarget.ReadIndices(pred, target, Pred, Target, IgnoreIndex, Resize)),
            Activation.Sigmoid when pred.dim() == 1 && target.dim() == 1 => OneValueARow(pred.unsqueeze(1), target),
            Activation.Sigmoid => Sigmoid(pred, DenseTarget.Read(pred, target, Pred, Target, IgnoreIndex, Resize)),
            _ => throw new ArgumentException($"the focal loss has a sigmoid and a softmax form; {nameof(Activation)} is {Activation}"),
        };
    }

    private LossTerms OneValueARow(Tensor pred, Tensor target)
    {
        LossTerms terms = Sigmoid(pred, DenseTarget.Read(pred, target, Pred, Target, IgnoreIndex, Resize));
        return terms with { Values = terms.Values.squeeze(1), Weights = terms.Weights?.squeeze(1) };
    }

    private LossTerms Sigmoid(Tensor pred, DenseTarget target)
    {
        Tensor positive = target.IsIndices ? ClassTargets.OneHot(target.Values, pred.shape[1]) : Positives(target.Values);
        // With z the logit of being right, log(p_t) is logsigmoid(z) and 1 - p_t is sigmoid(-z): both keep their precision at large |z|.
        Tensor right = pred.where(positive, -pred);
        Tensor values = -right.log_sigmoid();
        if (Gamma != 0)
            values = values * Focus(-right);
        if (Alpha is { } alpha)
            values = values * Factor(positive, alpha, pred);
        return new(values, SigmoidWeights(pred, target.ChannelValid));
    }

    // Below 1 the power's slope at 0 is infinite, so the power is taken of the logarithm, which never gets there.
    private Tensor Focus(Tensor wrong) => Gamma < 1 ? (wrong.log_sigmoid() * Gamma).exp() : Gamma == 1 ? wrong.sigmoid() : wrong.sigmoid().pow(Gamma);

    private Tensor? SigmoidWeights(Tensor pred, Tensor? valid)
    {
        Tensor? weights = valid?.to(pred.dtype);
        if (ClassWeightTensor.Of(ClassWeights, pred.shape[1], pred) is { } classWeights)
        {
            Tensor channel = classWeights.reshape([1, -1, .. Enumerable.Repeat(1L, (int)pred.dim() - 2)]);
            weights = weights is null ? channel : weights * channel;
        }
        return weights?.expand(pred.shape);
    }

    private LossTerms Softmax(Tensor pred, DenseTarget target)
    {
        Tensor crossEntropy = nn.functional.cross_entropy(pred, target.Values, null, IgnoreIndex, nn.Reduction.None);
        Tensor values = crossEntropy;
        if (Gamma != 0)
        {
            Tensor wrong = -(-crossEntropy).expm1();
            // Below 1 the power's slope at 0 is infinite, and infinite times the 0 beside it is NaN.
            values = crossEntropy * (Gamma < 1 ? wrong.clamp_min(1e-30) : wrong).pow(Gamma);
        }
        if (Alpha is { } alpha)
            values = values * Factor(target.Values.gt(0), alpha, pred);
        return new(values, ClassWeightTensor.Of(ClassWeights, pred.shape[1], pred) is { } weights
            ? ClassWeightTensor.Lookup(weights, target.Values, target.Valid) : target.Valid?.to(pred.dtype));
    }

    private Tensor Positives(Tensor values) => values.eq(values.square()).all().IsTrue() ? values.gt(0)
        : throw new ArgumentException($"'{Target}' must hold 0 or 1, or {IgnoreIndex} or NaN for elements to leave out; it holds values between");

    private static Tensor Factor(Tensor positive, double alpha, Tensor like) =>
        (positive.to(like.dtype) * ((2 * alpha) - 1)) + (1 - alpha);
}
