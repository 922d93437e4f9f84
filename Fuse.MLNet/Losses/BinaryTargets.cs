namespace Fuse.MLNet;

/// <summary>Checks targets that hold 0 to 1.</summary>
internal static class BinaryTargets
{
    /// <summary>Casts a target to the prediction's type, checks its range, and finds the elements that are missing.</summary>
    /// <returns>The target with 0 for missing elements, and a Boolean mask of the others, or null when none is missing.</returns>
    /// <exception cref="ArgumentException">A value is not from 0 to 1, nor missing (NaN or <paramref name="ignoreIndex"/>).</exception>
    public static (Tensor Values, Tensor? Valid) Read(Tensor target, Tensor like, long ignoreIndex, string key)
    {
        Tensor values = target.to(like.dtype);
        if (values.numel() == 0 || (InRange(values, out _) && ignoreIndex is not (0 or 1)))
            return (values, null);
        Tensor valid = values.isnan().logical_or(values.eq(ignoreIndex)).logical_not();
        values = values.where(valid, zeros_like(values));
        return InRange(values, out double wrong) ? (values, valid)
            : throw new ArgumentException($"'{key}' holds {wrong}; its values must be from 0 to 1, or NaN or {ignoreIndex} for elements to leave out");
    }

    private static bool InRange(Tensor values, out double wrong)
    {
        (Tensor min, Tensor max) = values.aminmax();
        (double low, double high) = (min.Number(), max.Number());
        wrong = low < 0 ? low : high;
        return low >= 0 && high <= 1;
    }
}
