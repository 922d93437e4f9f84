namespace Fuse.MLNet;

/// <summary>Computes cross-entropy element by element, so that its mean is PyTorch's weighted mean.</summary>
internal static class CrossEntropyTerms
{
    /// <summary>Computes the terms of logits <c>[N, C, ...]</c> and checked class indices <c>[N, ...]</c>.</summary>
    public static LossTerms Of(Tensor pred, DenseTarget target, Tensor? classWeights, long ignoreIndex, double labelSmoothing = 0)
    {
        if (classWeights is null)
            return new(Values(pred, target, null, ignoreIndex, labelSmoothing), target.Valid?.to(pred.dtype));
        Tensor weights = ClassWeightTensor.Lookup(classWeights, target.Values, target.Valid);
        if (labelSmoothing == 0)
            return new(Values(pred, target, null, ignoreIndex, 0), weights);
        // A smoothed loss mixes the weights of all classes, and PyTorch divides their sum by the weights of the targets' classes alone.
        Tensor safe = weights.where(weights.gt(0), ones_like(weights));
        return new(Values(pred, target, classWeights, ignoreIndex, labelSmoothing) / safe, weights);
    }

    private static Tensor Values(Tensor pred, DenseTarget target, Tensor? classWeights, long ignoreIndex, double labelSmoothing) =>
        nn.functional.cross_entropy(pred, target.Values, classWeights, ignoreIndex, nn.Reduction.None, labelSmoothing);
}
