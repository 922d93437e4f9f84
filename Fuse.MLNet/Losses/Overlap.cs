namespace Fuse.MLNet;

/// <summary>Holds predicted and true regions, flattened, with elements left out set to 0 in both.</summary>
/// <param name="Predicted">The probabilities <c>[N, C, S]</c>.</param>
/// <param name="Actual">The targets <c>[N, C, S]</c>, 0 to 1.</param>
/// <param name="Weights">1 for each row and class <c>[N, C]</c> that has an element that counts, else 0; null when all have.</param>
internal readonly record struct Overlap(Tensor Predicted, Tensor Actual, Tensor? Weights)
{
    /// <summary>Flattens probabilities <c>[N, C, ...]</c> and their target.</summary>
    public static Overlap Of(Tensor probabilities, DenseTarget target)
    {
        (long rows, long classes) = (probabilities.shape[0], probabilities.shape[1]);
        Tensor actual = (target.IsIndices ? ClassTargets.OneHot(target.Values, classes).to(probabilities.dtype) : target.Values).flatten(2);
        Tensor predicted = probabilities.flatten(2);
        if (target.ChannelValid is not { } valid)
            return new(predicted, actual, null);
        Tensor kept = valid.to(probabilities.dtype).flatten(2);
        return new(predicted * kept, actual * kept, kept.amax([2]).expand(rows, classes));
    }

    /// <summary>Gets the sums <c>[N, C]</c> of the product of both.</summary>
    public Tensor Intersection() => (Predicted * Actual).sum(2);

    /// <summary>Gets the weights <c>[N, C]</c> of the classes in each row, or null when all are 1.</summary>
    /// <param name="classWeights">The weights <c>[C]</c>, or null.</param>
    public Tensor? Weigh(Tensor? classWeights) => classWeights is null ? Weights
        : Weights is null ? classWeights.expand(Predicted.shape[0], Predicted.shape[1]) : Weights * classWeights;

    /// <summary>Computes Dice losses <c>[N, C]</c>: 1 - (2 sum(p t) + eps) / (sum(p^power + t^power) + eps).</summary>
    public Tensor Dice(double power, double eps)
    {
        Tensor sizes = power == 1 ? Predicted.sum(2) + Actual.sum(2) : Predicted.pow(power).sum(2) + Actual.pow(power).sum(2);
        return 1 - (((2 * Intersection()) + eps) / (sizes + eps));
    }
}
