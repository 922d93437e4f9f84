namespace Fuse.MLNet;

/// <summary>Is the base of the metrics that rank rows by the score of a class, one class against the rest.</summary>
public abstract record ScoreMetric : ClassMetric
{
    private const int FirstScore = 2;

    private protected ScoreMetric(string pred, string target, ValueList<string>? classNames)
        : base(pred, target, classNames)
    {
    }

    /// <summary>Gets the function from the prediction to the scores that are ranked, such as softmax where it holds logits. Default: none.</summary>
    public Activation PredLink { get; init; }

    /// <inheritdoc/>
    protected internal sealed override Tensor Collect(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (Tensor pred, Tensor target) = (batch[Pred], batch[Target]);
        if (pred.dim() is not (1 or 2) || !MetricTable.IsColumn(target) || pred.shape[0] != target.shape[0])
            throw WrongShapes("scores [N, C], or [N] of class 1, and class indices [N]", batch);
        long classes = MetricTable.IsColumn(pred) ? 2 : pred.shape[1];
        CheckClasses(classes);
        Tensor indices = MetricTable.Indices(target.reshape(target.shape[0]), Target, classes);
        return MetricTable.Join(indices, MetricTable.Weights(batch, SampleWeight, target), PredLink.Apply(pred));
    }

    /// <inheritdoc/>
    protected internal sealed override MetricResult Evaluate(MetricRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int scores = rows.Width - FirstScore;
        int classes = rows.Count == 0 ? ClassNames?.Count ?? 2 : Math.Max(2, scores);
        return PerClass(classes, index => OfClass(rows, index, isOnlyScore: scores == 1));
    }

    /// <summary>Computes the value of one class against the rest.</summary>
    private protected abstract double OfRanking(RankedRows rows);

    // The score of class 0 is what the only score, that of class 1, leaves.
    private double OfClass(MetricRows rows, int index, bool isOnlyScore)
    {
        var ranked = new RankedRows(rows.Count);
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<double> values = rows[row];
            if (values[0] == TensorColumn.MissingTarget)
                continue;
            double score = !isOnlyScore ? values[FirstScore + index] : index == 1 ? values[FirstScore] : -values[FirstScore];
            ranked.Add(score, values[0] == index, values[1]);
        }
        return ranked.IsDefined ? OfRanking(ranked) : double.NaN;
    }
}
