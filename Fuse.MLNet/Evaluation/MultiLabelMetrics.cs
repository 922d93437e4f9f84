namespace Fuse.MLNet;

/// <summary>Holds how well several labels a row were predicted; made by <c>mlContext.Fuse().EvaluateMultiLabel</c>.</summary>
/// <remarks>A label that is not known in a row, NaN, counts nowhere, and a row without a known label neither. Means over labels leave those out for which a value is not defined.</remarks>
public sealed class MultiLabelMetrics
{
    internal MultiLabelMetrics(IReadOnlyList<LabelMetrics> labels, long truePositive, MultiLabelSums sums)
    {
        PerLabel = labels;
        (RowCount, long predicted, long positive) = (sums.Rows, labels.Sum(label => label.PredictedCount), labels.Sum(label => label.PositiveCount));
        long known = labels.Sum(label => label.Count);
        SubsetAccuracy = sums.Exact / (double)sums.Rows;
        HammingLoss = (predicted + positive - (2 * truePositive)) / (double)known;
        MicroPrecision = truePositive / (double)predicted;
        MicroRecall = truePositive / (double)positive;
        MicroF1Score = 2 * truePositive / (double)(predicted + positive);
        MacroPrecision = EvaluatedRows.Mean(labels.Select(label => label.Precision));
        MacroRecall = EvaluatedRows.Mean(labels.Select(label => label.Recall));
        MacroF1Score = EvaluatedRows.Mean(labels.Select(label => label.F1Score));
        LogLoss = sums.LogLoss / known;
        LabelRankingAveragePrecision = sums.RankingPrecision / sums.Rows;
    }

    /// <summary>Gets the part of the rows of which every known label was predicted rightly.</summary>
    public double SubsetAccuracy { get; }

    /// <summary>Gets the part of all labels of all rows that were predicted wrongly.</summary>
    public double HammingLoss { get; }

    /// <summary>Gets the part of all predicted labels that are true.</summary>
    public double MicroPrecision { get; }

    /// <summary>Gets the part of all true labels that were predicted.</summary>
    public double MicroRecall { get; }

    /// <summary>Gets the F1 score over all labels of all rows together.</summary>
    public double MicroF1Score { get; }

    /// <summary>Gets the mean over labels of the precision.</summary>
    public double MacroPrecision { get; }

    /// <summary>Gets the mean over labels of the recall.</summary>
    public double MacroRecall { get; }

    /// <summary>Gets the mean over labels of the F1 score.</summary>
    public double MacroF1Score { get; }

    /// <summary>Gets the mean binary cross-entropy of the scores, in nats, over all labels of all rows; probabilities are kept 1e-15 away from 0 and 1, as in ML.NET.</summary>
    public double LogLoss { get; }

    /// <summary>
    /// Gets how far the true labels of a row are ranked before the others by their scores, from above 0 to 1, the mean over rows;
    /// <c>sklearn.metrics.label_ranking_average_precision_score</c>. A row that has all labels or none counts as 1.
    /// </summary>
    public double LabelRankingAveragePrecision { get; }

    /// <summary>Gets the measures of each label, in their order.</summary>
    public IReadOnlyList<LabelMetrics> PerLabel { get; }

    /// <summary>Gets the number of rows with a known label.</summary>
    public long RowCount { get; }
}
