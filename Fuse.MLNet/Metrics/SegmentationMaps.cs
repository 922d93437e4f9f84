namespace Fuse.MLNet;

/// <summary>Reads prediction and target of a segmentation as Int64 class indices of one shape.</summary>
internal static class SegmentationMaps
{
    /// <summary>Reads both from a batch.</summary>
    /// <returns>The class indices <c>[N, ...]</c> of the prediction and of the target, where -100 is none, and the number of classes.</returns>
    /// <exception cref="ArgumentException">Shapes or values do not fit.</exception>
    public static (Tensor Predicted, Tensor Target, int Classes) Read(SegmentationMetric metric, BatchDict batch)
    {
        (Tensor pred, Tensor target) = (batch[metric.Pred], batch[metric.Target]);
        bool isScores = pred.dim() == target.dim() + 1 && pred.shape[1] > 1;
        if (!isScores)
        {
            (pred, target) = (WithoutChannel(pred), WithoutChannel(target));
            isScores = pred.dim() == target.dim() + 1;
        }
        bool fits = target.dim() >= 2 && pred.shape[0] == target.shape[0]
            && (isScores ? ShapeText.Same(pred.shape.AsSpan(2), target.shape.AsSpan(1)) : ShapeText.Same(pred.shape, target.shape));
        if (!fits)
            throw new ArgumentException("it needs scores [N, C, ...] and class indices [N, ...], or a prediction of the target's shape; " +
                ShapeText.Of(metric.Pred, batch[metric.Pred], metric.Target, batch[metric.Target]));
        int classes = ClassesOf(metric, pred, isScores);
        Tensor predicted = isScores ? pred.argmax(1) : pred.is_floating_point() ? AboveThreshold(metric, pred)
            : CheckedIndices(pred.to(ScalarType.Int64), classes, metric.Pred);
        return (predicted, MetricTable.Indices(target, metric.Target, classes), classes);
    }

    private static int ClassesOf(SegmentationMetric metric, Tensor pred, bool isScores)
    {
        int? known = isScores ? (int)pred.shape[1] : pred.is_floating_point() || pred.dtype == ScalarType.Bool ? 2 : null;
        int? given = metric.ClassNames?.Count ?? metric.Classes;
        if (known is not null && given is not null && known != given)
            throw new ArgumentException($"'{metric.Pred}' has {known} classes, but the metric is set to {given}: {ShapeText.Of(pred)}");
        return known ?? given ?? throw new ArgumentException($"'{metric.Pred}' holds class indices, which do not tell how many classes there are; " +
            $"set {nameof(metric.Classes)} or {nameof(metric.ClassNames)}");
    }

    private static Tensor AboveThreshold(SegmentationMetric metric, Tensor pred)
    {
        using Scalar threshold = metric.Threshold;
        return pred.gt(threshold).to(ScalarType.Int64);
    }

    private static Tensor CheckedIndices(Tensor indices, int classes, string key)
    {
        using Scalar count = classes;
        return indices.lt(MetricTable.Zero).logical_or(indices.ge(count)).any().IsTrue()
            ? throw new ArgumentException($"'{key}' must hold class indices from 0 to {classes - 1}; it holds {indices.min().Whole()} to {indices.max().Whole()}") : indices;
    }

    // Only how many elements a row has counts, so a depth of 1 may go like a channel.
    private static Tensor WithoutChannel(Tensor tensor) => tensor.dim() > 2 && tensor.shape[1] == 1 ? tensor.squeeze(1) : tensor;
}
