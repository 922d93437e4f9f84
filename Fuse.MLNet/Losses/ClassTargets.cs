namespace Fuse.MLNet;

/// <summary>Makes and checks class indices.</summary>
internal static class ClassTargets
{
    /// <summary>Casts a target to Int64 class indices; NaN, a missing target, becomes the index of elements left out.</summary>
    /// <exception cref="ArgumentException">A value is not a whole number.</exception>
    public static Tensor ToIndices(Tensor target, long ignoreIndex, string key)
    {
        if (!target.is_floating_point())
            return target.dtype == ScalarType.Int64 ? target : target.to(ScalarType.Int64);
        Tensor filled = target.nan_to_num(ignoreIndex);
        Tensor indices = filled.to(ScalarType.Int64);
        return indices.eq(filled).all().IsTrue() ? indices
            : throw new ArgumentException($"'{key}' must hold class indices, whole numbers; it holds values between");
    }

    /// <summary>Checks class indices, and finds the elements that count.</summary>
    /// <returns>A Boolean mask of the shape of <paramref name="indices"/>, or null when every element counts.</returns>
    /// <exception cref="ArgumentException">An index is neither a class nor <paramref name="ignoreIndex"/>.</exception>
    public static Tensor? Valid(Tensor indices, long classes, long ignoreIndex, string key)
    {
        if (indices.numel() == 0)
            return null;
        (Tensor min, Tensor max) = indices.aminmax();
        (long low, long high) = (min.Whole(), max.Whole());
        if (low >= 0 && high < classes && (ignoreIndex < low || ignoreIndex > high))
            return null;
        Tensor valid = indices.ne(ignoreIndex);
        (Tensor validMin, Tensor validMax) = indices.where(valid, zeros_like(indices)).aminmax();
        long wrong = validMin.Whole() < 0 ? validMin.Whole() : validMax.Whole();
        return wrong >= 0 && wrong < classes ? valid
            : throw new ArgumentException($"'{key}' holds the class index {wrong}; the prediction has {classes} classes, so indices must be 0 to {classes - 1}, " +
                $"or {ignoreIndex} for elements to leave out");
    }

    /// <summary>Makes a Boolean one-hot tensor <c>[N, C, ...]</c> of class indices <c>[N, ...]</c>.</summary>
    public static Tensor OneHot(Tensor indices, long classes)
    {
        var shape = new long[indices.dim() + 1];
        Array.Fill(shape, 1);
        shape[1] = classes;
        return indices.unsqueeze(1).eq(arange(classes, dtype: ScalarType.Int64, device: indices.device).reshape(shape));
    }
}
