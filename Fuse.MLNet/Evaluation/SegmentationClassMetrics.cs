namespace Fuse.MLNet;

/// <summary>Holds how well one class of a segmentation was found, over all pixels of all rows. NaN where the class occurs neither in labels nor in predictions.</summary>
public sealed class SegmentationClassMetrics
{
    internal SegmentationClassMetrics(string name, long both, long labels, long predictions)
    {
        (ClassName, LabelCount, PredictedCount) = (name, labels, predictions);
        IntersectionOverUnion = both / (double)(labels + predictions - both);
        Dice = 2 * both / (double)(labels + predictions);
        Precision = both / (double)predictions;
        Recall = both / (double)labels;
    }

    /// <summary>Gets the value that the class's key stands for, or its index.</summary>
    public string ClassName { get; }

    /// <summary>Gets the pixels that are of the class and were found, over those that are of it or were taken for it; the Jaccard index.</summary>
    public double IntersectionOverUnion { get; }

    /// <summary>Gets twice the pixels found, over the pixels of the class plus those taken for it; the F1 score of the class.</summary>
    public double Dice { get; }

    /// <summary>Gets the part of the pixels taken for the class that are of it; NaN when there are none.</summary>
    public double Precision { get; }

    /// <summary>Gets the part of the pixels of the class that were found; NaN when there are none.</summary>
    public double Recall { get; }

    /// <summary>Gets the number of pixels of the class.</summary>
    public long LabelCount { get; }

    /// <summary>Gets the number of labeled pixels that were taken for the class.</summary>
    public long PredictedCount { get; }
}
