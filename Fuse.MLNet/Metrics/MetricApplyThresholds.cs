namespace Fuse.MLNet;

/// <summary>Gives each row a class at an operation point, for the metrics after it; it has no value of its own.</summary>
/// <remarks>
/// FuseMedML's <c>MetricApplyThresholds</c>: named <c>op</c> it writes <c>metrics.op.cls_pred</c>, Int64 <c>[N]</c> class indices, where -1
/// is no class; metrics later in the dictionary name that key as their prediction. Prediction: <c>[N, C]</c> scores, or <c>[N]</c> the
/// probability of class 1.
/// </remarks>
public sealed record MetricApplyThresholds : MetricBase
{
    /// <summary>Gives each row the class of the highest score, or with a threshold class 1 to those above it.</summary>
    /// <param name="pred">The batch key of the scores.</param>
    /// <param name="threshold">The probability of class 1, of two, above which a row is of class 1, or null.</param>
    public MetricApplyThresholds(string pred, double? threshold = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(pred);
        Pred = MetricOption.Key(pred, nameof(pred));
        Threshold = MetricOption.Number(threshold, nameof(threshold));
    }

    /// <summary>Gives each row the first of some classes above whose threshold it is.</summary>
    /// <param name="pred">The batch key of the scores.</param>
    /// <param name="thresholds">The classes in the order in which they are tried.</param>
    /// <exception cref="ArgumentException">There is no class, a class is negative, or a threshold is not a number.</exception>
    public MetricApplyThresholds(string pred, ValueList<ClassThreshold> thresholds)
        : this(pred)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        if (thresholds.Count == 0 || thresholds.Any(one => one.ClassIndex < 0 || double.IsNaN(one.Threshold)))
            throw new ArgumentException($"The thresholds {thresholds} must be at least one, with classes from 0 and thresholds that are numbers.", nameof(thresholds));
        Thresholds = thresholds;
    }

    /// <summary>Gets the batch key of the scores.</summary>
    public string Pred { get; }

    /// <summary>Gets the probability of class 1 above which a row is of class 1, or null.</summary>
    public double? Threshold { get; }

    /// <summary>Gets the classes that are tried in order, or null.</summary>
    public ValueList<ClassThreshold>? Thresholds { get; }

    /// <summary>Gets whether a row above none of <see cref="Thresholds"/> is given the class of its highest score. Default: false, it is given none, -1.</summary>
    public bool HighestOtherwise { get; init; }

    /// <inheritdoc/>
    protected internal override Tensor Collect(BatchDict batch) => Collect(batch, nameof(MetricApplyThresholds));

    /// <inheritdoc/>
    protected internal override MetricResult Evaluate(MetricRows rows) => MetricResult.None;

    internal override Tensor Collect(BatchDict batch, string name)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor pred = batch[Pred];
        if (pred.dim() is not (1 or 2))
            throw new ArgumentException($"it needs scores [N, C], or [N] of class 1; '{Pred}' is {ShapeText.Of(pred)}");
        Tensor scores = MetricTable.IsColumn(pred) ? Both(pred.reshape(pred.shape[0])) : pred;
        batch[$"metrics.{name}.cls_pred"] = Thresholds is null ? ClassPrediction.Of(scores, Pred, Threshold, isScores: true) : FirstAbove(scores, Thresholds);
        return zeros([pred.shape[0], 0]);
    }

    private Tensor FirstAbove(Tensor scores, ValueList<ClassThreshold> thresholds)
    {
        if (thresholds.FirstOrDefault(one => one.ClassIndex >= scores.shape[1]) is { ClassIndex: > 0 } unknown)
            throw new ArgumentException($"there is a threshold for class {unknown.ClassIndex}, but '{Pred}' has {scores.shape[1]} classes");
        using Scalar none = ClassPrediction.None;
        Tensor classes = HighestOtherwise ? ClassPrediction.Of(scores, Pred, null, isScores: true) : full_like(scores.select(1, 0), none, ScalarType.Int64);
        // The first that fits is written last.
        foreach (ClassThreshold one in thresholds.Reverse())
        {
            using Scalar index = (long)one.ClassIndex;
            using Scalar limit = one.Threshold;
            classes = classes.masked_fill(scores.select(1, one.ClassIndex).gt(limit), index);
        }
        return classes;
    }

    private Tensor Both(Tensor ofOne) => ofOne.is_floating_point() ? stack([ones_like(ofOne) - ofOne, ofOne], 1)
        : throw new ArgumentException($"it needs probabilities; '{Pred}' is {ofOne.dtype} {ShapeText.Of(ofOne)}");
}
