namespace Fuse.MLNet;

/// <summary>Makes class indices of predictions.</summary>
internal static class ClassPrediction
{
    /// <summary>Stands for a row whose prediction is no class.</summary>
    public const long None = -1;

    // Held, because nothing keeps a Scalar alive while native code reads it.
    private static readonly Scalar NoClass = None;

    /// <summary>
    /// Makes Int64 <c>[N, ...]</c> of scores <c>[N, C, ...]</c> by the highest, of two columns or one probability by a threshold, or of
    /// class indices.
    /// </summary>
    /// <param name="pred">The prediction.</param>
    /// <param name="key">Its key, for errors.</param>
    /// <param name="threshold">The probability of class 1 above which a row is of class 1, or null.</param>
    /// <param name="isScores">Whether dimension 1 of the prediction is the class.</param>
    /// <returns>The indices; a row with a score that is not a number is of no class, -1.</returns>
    /// <exception cref="ArgumentException">The prediction does not fit the threshold, or holds no class indices.</exception>
    public static Tensor Of(Tensor pred, string key, double? threshold, bool isScores)
    {
        if (isScores && threshold is null)
            return pred.argmax(1).masked_fill(HasNaN(pred), NoClass);
        if (isScores && pred.shape[1] != 2)
            throw new ArgumentException($"a threshold needs the probability of class 1, [N] or [N, 2]; '{key}' is {ShapeText.Of(pred)}");
        if (threshold is { } limit)
            return AboveThreshold(isScores ? pred.select(1, 1) : pred, key, limit);
        if (!pred.is_floating_point())
            return pred.to(ScalarType.Int64);
        Tensor whole = pred.nan_to_num(None).to(ScalarType.Int64);
        return whole.eq(pred.nan_to_num(None)).all().IsTrue() ? whole
            : throw new ArgumentException($"'{key}' must hold class indices, whole numbers; for the probability of class 1 set Threshold, such as 0.5");
    }

    /// <summary>Finds the rows <c>[N, ...]</c> of scores <c>[N, C, ...]</c> that have one which is not a number.</summary>
    public static Tensor HasNaN(Tensor pred) => pred.is_floating_point() ? pred.isnan().any(1) : pred.select(1, 0).isnan();

    private static Tensor AboveThreshold(Tensor probability, string key, double threshold)
    {
        if (!probability.is_floating_point())
            throw new ArgumentException($"a threshold needs probabilities; '{key}' is {probability.dtype}");
        using Scalar limit = threshold;
        return probability.gt(limit).to(ScalarType.Int64).masked_fill(probability.isnan(), NoClass);
    }
}
