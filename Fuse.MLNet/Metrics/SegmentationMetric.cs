namespace Fuse.MLNet;

/// <summary>Is the base of the metrics that compare segmentations, each class by its own mask.</summary>
/// <remarks>
/// Target: class indices <c>[N, ...]</c> or <c>[N, 1, ...]</c>, in two or three dimensions; elements without one (-100 or NaN) are left
/// out. Prediction: scores <c>[N, C, ...]</c>, of which the highest decides; whole numbers or Booleans of the target's shape, class
/// indices; or numbers of the target's shape, which are class 1 above <see cref="Threshold"/>. Values are named by class, and
/// <c>average</c>. A class is scored in each row (sample) and averaged over the rows that have it in target or prediction: predicted, but
/// not there, it scores 0; in no row, NaN, and left out of the average.
/// </remarks>
public abstract record SegmentationMetric : TargetMetric
{
    /// <summary>Names the average over classes, as FuseMedML does.</summary>
    private const string AverageName = "average";

    private protected SegmentationMetric(string pred, string target, ValueList<string>? classNames)
        : base(pred, target) => ClassNames = classNames;

    /// <summary>Gets the classes' names by index, the background's too. Default: null, they are named by their index.</summary>
    public ValueList<string>? ClassNames { get; init => field = MetricOption.Names(value, 2, [AverageName]); }

    /// <summary>Gets the number of classes where the prediction holds class indices and there are no names, 2 or more. Default: null.</summary>
    public int? Classes { get; init => field = value is { } count ? MetricOption.AtLeast(count, 2) : null; }

    /// <summary>Gets the value above which a prediction of numbers is class 1: 0.5 for probabilities, 0 for logits. Default: 0.5.</summary>
    public double Threshold { get; init => field = MetricOption.Number(value)!.Value; } = 0.5;

    /// <summary>Gets whether class 0 is scored too. Default: false.</summary>
    public bool IncludeBackground { get; init; }

    /// <summary>Gets whether the elements of all rows are scored as one sample. Default: false, each row is scored and the scores are averaged.</summary>
    public bool Pooled { get; init; }

    /// <inheritdoc/>
    protected internal sealed override Tensor Collect(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (Tensor predicted, Tensor target, int classes) = SegmentationMaps.Read(this, batch);
        return MaskCounts.Of(predicted, target, classes);
    }

    /// <inheritdoc/>
    protected internal sealed override MetricResult Evaluate(MetricRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int classes = rows.Count == 0 ? ClassNames?.Count ?? Classes ?? 2 : rows.Width / MaskCounts.Numbers;
        int first = IncludeBackground ? 0 : 1;
        (string Name, double Value)[] values = [.. Enumerable.Range(first, classes - first).Select(index => (NameOf(index), OfClass(rows, index)))];
        return MetricResult.Named([.. values, (AverageName, ClassMetric.Average(values.Select(value => value.Value)))]);
    }

    /// <summary>Computes the score of a class that is in the target or the prediction.</summary>
    /// <param name="both">The elements that have it in both.</param>
    /// <param name="predicted">The elements that have it in the prediction.</param>
    /// <param name="target">The elements that have it in the target.</param>
    private protected abstract double Score(double both, double predicted, double target);

    private double OfClass(MetricRows rows, int index)
    {
        IEnumerable<MaskCounts> counts = Enumerable.Range(0, rows.Count).Select(row => MaskCounts.At(rows[row], index));
        return Pooled ? ScoreOf(counts.Aggregate(default(MaskCounts), (sum, row) => sum + row)) : ClassMetric.Average(counts.Select(ScoreOf));
    }

    private double ScoreOf(MaskCounts mask) => mask.Predicted + mask.Target == 0 ? double.NaN : mask.Both == 0 ? 0 : Score(mask.Both, mask.Predicted, mask.Target);

    private string NameOf(int index) => ClassNames?[index] ?? index.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
