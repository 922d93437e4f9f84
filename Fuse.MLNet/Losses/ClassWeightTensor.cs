namespace Fuse.MLNet;

/// <summary>Makes and checks weights of classes.</summary>
internal static class ClassWeightTensor
{
    /// <summary>Makes a tensor <c>[C]</c> of the weights, or null when there are none.</summary>
    /// <exception cref="ArgumentException">There is not one weight a class, or one is not finite or negative, or all are 0.</exception>
    public static Tensor? Of(ValueList<float>? weights, long classes, Tensor like)
    {
        if (weights is null)
            return null;
        if (weights.Count != classes)
            throw new ArgumentException($"the class weights {weights} are {weights.Count}, but the prediction has {classes} classes");
        if (weights.Any(weight => !float.IsFinite(weight) || weight < 0) || weights.All(weight => weight == 0))
            throw new ArgumentException($"the class weights {weights} must be finite, 0 or more, and not all 0");
        return tensor(weights.ToArray(), dtype: like.dtype, device: like.device);
    }

    /// <summary>Makes a tensor <c>[C]</c> of the weights in which ignored classes weigh 0, or null when all weigh alike.</summary>
    /// <exception cref="ArgumentException">An ignored class is not among the classes, or none is left, or the weights are wrong.</exception>
    public static Tensor? Of(ValueList<float>? weights, ValueList<long> ignored, long classes, Tensor like)
    {
        if (ignored.Count == 0)
            return Of(weights, classes, like);
        if (ignored.Any(index => index < 0 || index >= classes))
            throw new ArgumentException($"the ignored classes {ignored} must be 0 to {classes - 1}: the prediction has {classes} classes");
        if (weights is not null && weights.Count != classes)
            return Of(weights, classes, like);
        float[] kept = [.. Enumerable.Range(0, (int)classes).Select(index => ignored.Contains(index) ? 0 : weights?[index] ?? 1)];
        if (kept.All(weight => weight == 0))
            throw new ArgumentException($"the ignored classes {ignored} leave no class that weighs anything");
        return Of(kept, classes, like);
    }

    /// <summary>Looks up the weight of each element's class.</summary>
    /// <param name="weights">The weights <c>[C]</c>.</param>
    /// <param name="indices">Class indices; those of elements left out may be any.</param>
    /// <param name="valid">The elements that count, or null when all do.</param>
    public static Tensor Lookup(Tensor weights, Tensor indices, Tensor? valid)
    {
        Tensor safe = valid is null ? indices : indices.where(valid, zeros_like(indices));
        Tensor found = weights.index_select(0, safe.flatten()).reshape(indices.shape);
        return valid is null ? found : found * valid.to(found.dtype);
    }
}
