namespace Fuse.MLNet;

/// <summary>Measures the share of rows, or of elements of dense predictions, whose class was recognized.</summary>
/// <remarks>
/// FuseMedML's <c>MetricAccuracy</c>. Prediction: <c>[N, C, ...]</c> scores with a target <c>[N, ...]</c>; class indices of the target's
/// shape, where -1 is no class; or with <see cref="Threshold"/> the probability of class 1. Elements without a target (-100 or NaN) are
/// left out; NaN when none has one. A prediction that is not a number is wrong. Equal scores: the lower index comes first.
/// </remarks>
public sealed record MetricAccuracy : TargetMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="pred">The batch key of the prediction.</param>
    /// <param name="target">The batch key of the class indices.</param>
    /// <param name="sampleWeight">The batch key of the rows' weights, or null.</param>
    public MetricAccuracy(string pred, string target, string? sampleWeight = null)
        : base(pred, target) => SampleWeight = sampleWeight;

    /// <summary>Gets the batch key of the rows' weights, <c>[N]</c>, finite and 0 or more. Default: null, all rows weigh alike.</summary>
    public string? SampleWeight { get; init => field = MetricOption.OptionalKey(value); }

    /// <summary>Gets how many of the highest scores may hold the target, 1 or more. Default: 1.</summary>
    public int TopK { get; init => field = MetricOption.AtLeast(value, 1); } = 1;

    /// <summary>Gets the probability of class 1 above which an element is of class 1. Default: null, the highest score decides.</summary>
    public double? Threshold { get; init => field = MetricOption.Number(value); }

    /// <inheritdoc/>
    protected internal override Tensor Collect(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (Tensor pred, Tensor target) = Aligned(batch);
        bool isScores = pred.dim() == target.dim() + 1;
        if (TopK > 1 && !isScores)
            throw new ArgumentException($"{nameof(TopK)} {TopK} needs scores [N, C, ...]; '{Pred}' is {ShapeText.Of(pred)}");
        if (TopK > 1 && Threshold is not null)
            throw new ArgumentException($"{nameof(TopK)} and {nameof(Threshold)} exclude each other");
        Tensor indices = MetricTable.Indices(target, Target, isScores ? pred.shape[1] : Threshold is null ? null : 2);
        Tensor valid = indices.ne(MetricTable.Missing);
        Tensor right = TopK > 1 ? IsAmongTopK(pred, indices.where(valid, zeros_like(indices))) : ClassPrediction.Of(pred, Pred, Threshold, isScores).eq(indices);
        Tensor weights = MetricTable.Wide(MetricTable.Weights(batch, SampleWeight, target));
        return MetricTable.Join(weights * PerRow(right.logical_and(valid)), weights * PerRow(valid));
    }

    /// <inheritdoc/>
    protected internal override MetricResult Evaluate(MetricRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        (double right, double all) = (0, 0);
        for (int row = 0; row < rows.Count; row++)
        {
            right += rows[row][0];
            all += rows[row][1];
        }
        return right / all;
    }

    private (Tensor Pred, Tensor Target) Aligned(BatchDict batch)
    {
        (Tensor pred, Tensor target) = (batch[Pred], batch[Target]);
        if (MetricTable.IsColumn(target))
            target = target.reshape(target.shape[0]);
        if (pred.dim() == target.dim() + 1 && pred.shape[1] == 1)
            pred = pred.squeeze(1);
        bool isScores = pred.dim() == target.dim() + 1 && pred.shape[0] == target.shape[0] && ShapeText.Same(pred.shape.AsSpan(2), target.shape.AsSpan(1));
        return target.dim() > 0 && (isScores || ShapeText.Same(pred.shape, target.shape)) ? (pred, target)
            : throw WrongShapes("scores [N, C, ...] and class indices [N, ...], or class indices of one shape", batch);
    }

    private Tensor IsAmongTopK(Tensor pred, Tensor indices)
    {
        Tensor column = indices.unsqueeze(1);
        Tensor ofTarget = pred.gather(1, column);
        Tensor isBefore = arange(pred.shape[1], dtype: ScalarType.Int64, device: pred.device)
            .reshape([1, pred.shape[1], .. Enumerable.Repeat(1L, (int)pred.dim() - 2)]).lt(column);
        Tensor isBetter = pred.gt(ofTarget).logical_or(pred.eq(ofTarget).logical_and(isBefore));
        using Scalar places = TopK;
        return isBetter.sum(1).lt(places).logical_and(ClassPrediction.HasNaN(pred).logical_not());
    }

    // One number a row, however many elements it has.
    private static Tensor PerRow(Tensor flags) => flags.unsqueeze(1).flatten(1).sum(1, type: ScalarType.Int64);
}
