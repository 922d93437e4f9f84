namespace Fuse.MLNet;

/// <summary>Holds how well one label of several was predicted. NaN where a value is not defined.</summary>
public sealed class LabelMetrics
{
    internal LabelMetrics(string name, long truePositive, long falsePositive, long falseNegative, long count)
    {
        (Name, Count, PositiveCount, PredictedCount) = (name, count, truePositive + falseNegative, truePositive + falsePositive);
        Accuracy = (count - falsePositive - falseNegative) / (double)count;
        Precision = truePositive / (double)PredictedCount;
        Recall = truePositive / (double)PositiveCount;
        F1Score = 2 * truePositive / (double)(PredictedCount + PositiveCount);
    }

    /// <summary>Gets the name of the label: the slot name of its column, or its place.</summary>
    public string Name { get; }

    /// <summary>Gets the part of the rows in which it was predicted rightly.</summary>
    public double Accuracy { get; }

    /// <summary>Gets the part of the rows predicted to have it that have it; NaN when there are none.</summary>
    public double Precision { get; }

    /// <summary>Gets the part of the rows with it that were predicted to have it; NaN when there are none.</summary>
    public double Recall { get; }

    /// <summary>Gets the F1 score, 2 TP / (2 TP + FP + FN); NaN when no row has it or was predicted to have it.</summary>
    public double F1Score { get; }

    /// <summary>Gets the number of rows in which it is known.</summary>
    public long Count { get; }

    /// <summary>Gets the number of rows that have it.</summary>
    public long PositiveCount { get; }

    /// <summary>Gets the number of rows that were predicted to have it, among those in which it is known.</summary>
    public long PredictedCount { get; }
}
