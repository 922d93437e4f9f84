namespace Fuse.MLNet;

/// <summary>Holds a target that was checked against its prediction: class indices, or one value for each channel.</summary>
/// <param name="Values">Int64 class indices <c>[N, ...]</c>, or values 0 to 1 of the prediction's type and shape.</param>
/// <param name="IsIndices">Whether <paramref name="Values"/> are class indices.</param>
/// <param name="Valid">A Boolean mask of the elements that count, of the shape of <paramref name="Values"/>; null when all do.</param>
internal readonly record struct DenseTarget(Tensor Values, bool IsIndices, Tensor? Valid)
{
    /// <summary>
    /// Reads class indices <c>[N, ...]</c> for a prediction <c>[N, C, ...]</c>, resizing what lies behind N. Indices that are known to lie between two
    /// numbers need no look at each.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes or values do not fit.</exception>
    public static DenseTarget ReadIndices(Tensor pred, Tensor target, string predKey, string targetKey, long ignoreIndex, ResizeMode resize,
        (long Low, long High)? known = null)
    {
        // Sizes are asked for one by one: a whole shape costs an array and a longer call.
        if (pred.dim() is not (>= 2 and var dimensions) || target.dim() != dimensions - 1 || pred.size(0) != target.size(0))
            throw new ArgumentException($"it needs logits [N, C, ...] and class indices [N, ...]; {ShapeText.Of(predKey, pred, targetKey, target)}");
        long classes = pred.size(1);
        if (classes < 2)
            throw new ArgumentException($"it compares classes, but '{predKey}' is {ShapeText.Of(pred)}: one class; for two classes in one channel use " +
                $"{nameof(LossBinaryCrossEntropy)} or a sigmoid");
        Tensor indices = ClassTargets.ToIndices(target, ignoreIndex, targetKey);
        if (dimensions > 2)
            indices = Resized(indices, pred, predKey, targetKey, resize, ignoreIndex);
        // Asking the tensor waits for the device.
        bool areClasses = resize == ResizeMode.None && known is var (low, high) && low >= 0 && high < classes && (ignoreIndex < low || ignoreIndex > high);
        return new(indices, true, areClasses ? null : ClassTargets.Valid(indices, classes, ignoreIndex, targetKey));
    }

    /// <summary>
    /// Reads either form for a prediction <c>[N, C, ...]</c>: class indices <c>[N, ...]</c>, or values of the prediction's own channels
    /// <c>[N, C, ...]</c>; with one channel, values <c>[N, ...]</c> or <c>[N, 1, ...]</c>.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes or values do not fit.</exception>
    public static DenseTarget Read(Tensor pred, Tensor target, string predKey, string targetKey, long ignoreIndex, ResizeMode resize)
    {
        bool isPerRow = target.dim() == pred.dim() - 1;
        if (pred.dim() < 2 || target.dim() == 0 || pred.shape[0] != target.shape[0] || (!isPerRow && (target.dim() != pred.dim() || target.shape[1] != pred.shape[1])))
            throw new ArgumentException($"it needs a prediction [N, C, ...] and class indices [N, ...] or one value a channel [N, C, ...]; " +
                ShapeText.Of(predKey, pred, targetKey, target));
        if (isPerRow && pred.shape[1] > 1)
            return ReadIndices(pred, target, predKey, targetKey, ignoreIndex, resize);
        Tensor channels = isPerRow ? target.unsqueeze(1) : target;
        return OfChannels(pred, Resized(channels, pred, predKey, targetKey, resize, ignoreIndex), targetKey, ignoreIndex);
    }

    /// <summary>Makes a target of values of the prediction's own shape.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public static DenseTarget OfChannels(Tensor pred, Tensor target, string targetKey, long ignoreIndex)
    {
        (Tensor values, Tensor? valid) = BinaryTargets.Read(target, pred, ignoreIndex, targetKey);
        return new(values, false, valid);
    }

    /// <summary>Gets which elements of <c>[N, C, ...]</c> count: <c>[N, 1, ...]</c> or <c>[N, C, ...]</c>, or null when all do.</summary>
    public Tensor? ChannelValid => IsIndices ? Valid?.unsqueeze(1) : Valid;

    private static Tensor Resized(Tensor target, Tensor pred, string predKey, string targetKey, ResizeMode resize, long ignoreIndex)
    {
        try
        {
            return TargetResize.To(target, pred.shape.AsSpan(2), resize, ignoreIndex);
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"{error.Message}: {ShapeText.Of(predKey, pred, targetKey, target)}", error);
        }
    }
}
