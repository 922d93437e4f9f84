namespace Fuse.MLNet;

/// <summary>Is the base of the metrics that are computed of the confusion matrix.</summary>
/// <remarks>
/// Prediction: <c>[N, C]</c> scores, of which the highest decides; <c>[N]</c> class indices, where -1 is no class; or with
/// <see cref="Threshold"/> <c>[N]</c>, <c>[N, 1]</c> or <c>[N, 2]</c> the probability of class 1. Target <c>[N]</c> class indices; rows
/// without one (-100 or NaN) are left out.
/// </remarks>
public abstract record PredictedClassMetric : ClassMetric
{
    private protected PredictedClassMetric(string pred, string target, ValueList<string>? classNames)
        : base(pred, target, classNames)
    {
    }

    /// <summary>Gets the probability of class 1 above which a row is of class 1. Default: null, the highest score decides.</summary>
    public double? Threshold { get; init => field = MetricOption.Number(value); }

    /// <inheritdoc/>
    protected internal sealed override Tensor Collect(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (Tensor pred, Tensor target) = (batch[Pred], batch[Target]);
        if (pred.dim() is not (1 or 2) || !MetricTable.IsColumn(target) || pred.shape[0] != target.shape[0])
            throw WrongShapes("scores [N, C] or class indices [N], and class indices [N]", batch);
        bool isScores = !MetricTable.IsColumn(pred);
        long? classes = isScores ? pred.shape[1] : Threshold is null ? ClassNames?.Count : 2;
        if (classes is { } count)
            CheckClasses(count);
        Tensor predicted = ClassPrediction.Of(isScores ? pred : pred.reshape(pred.shape[0]), Pred, Threshold, isScores);
        Tensor indices = MetricTable.Indices(target.reshape(target.shape[0]), Target, classes);
        return MetricTable.Join(indices, predicted, MetricTable.Weights(batch, SampleWeight, target), full_like(indices, classes ?? 0));
    }

    /// <inheritdoc/>
    protected internal sealed override MetricResult Evaluate(MetricRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return OfConfusion(ConfusionCounts.Of(rows, ClassNames?.Count, Pred));
    }

    /// <summary>Computes the metric of the confusion matrix.</summary>
    private protected abstract MetricResult OfConfusion(ConfusionCounts counts);
}
