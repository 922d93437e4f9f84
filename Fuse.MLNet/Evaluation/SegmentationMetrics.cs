namespace Fuse.MLNet;

/// <summary>Holds how well a segmentation agrees with its labels; made by <c>mlContext.Fuse().EvaluateSegmentation</c>.</summary>
/// <remarks>
/// All pixels of all rows count together, as in the benchmarks of Pascal VOC and Cityscapes; <see cref="MetricDice"/> averages over rows instead. Pixels without a label, a missing
/// key, count nowhere. Means leave classes out for which a value is not defined.
/// </remarks>
public sealed class SegmentationMetrics
{
    internal SegmentationMetrics(long[][] counts, long unlabeled, string[] names)
    {
        int classes = names.Length;
        Counts = counts;
        long[] labels = [.. counts.Select(row => row.Sum())];
        PerClass = [.. Enumerable.Range(0, classes).Select(c => new SegmentationClassMetrics(names[c], counts[c][c], labels[c], counts.Sum(row => row[c])))];
        PixelCount = labels.Sum();
        UnlabeledPixelCount = unlabeled;
        PixelAccuracy = Enumerable.Range(0, classes).Sum(c => counts[c][c]) / (double)PixelCount;
        MeanPixelAccuracy = EvaluatedRows.Mean(PerClass.Select(one => one.Recall));
        MeanIntersectionOverUnion = EvaluatedRows.Mean(PerClass.Select(one => one.IntersectionOverUnion));
        MeanDice = EvaluatedRows.Mean(PerClass.Select(one => one.Dice));
        FrequencyWeightedIntersectionOverUnion = PerClass.Where(one => one.LabelCount > 0).Sum(one => one.LabelCount * one.IntersectionOverUnion) / PixelCount;
    }

    /// <summary>Gets the part of the labeled pixels whose class was predicted.</summary>
    public double PixelAccuracy { get; }

    /// <summary>Gets the mean over classes of the part of their pixels that were found.</summary>
    public double MeanPixelAccuracy { get; }

    /// <summary>Gets the mean over classes of intersection over union, mIoU.</summary>
    public double MeanIntersectionOverUnion { get; }

    /// <summary>Gets the mean over classes of the Dice coefficient.</summary>
    public double MeanDice { get; }

    /// <summary>Gets the mean of intersection over union in which each class weighs by its pixels.</summary>
    public double FrequencyWeightedIntersectionOverUnion { get; }

    /// <summary>Gets the measures of each class, in the order of the keys.</summary>
    public IReadOnlyList<SegmentationClassMetrics> PerClass { get; }

    /// <summary>Gets the confusion matrix: for each class of the label the number of its pixels that were given each class, and last those that were given none.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Counts { get; }

    /// <summary>Gets the number of labeled pixels.</summary>
    public long PixelCount { get; }

    /// <summary>Gets the number of pixels without a label.</summary>
    public long UnlabeledPixelCount { get; }
}
