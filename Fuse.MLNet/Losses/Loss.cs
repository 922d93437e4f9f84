namespace Fuse.MLNet;

/// <summary>Makes the losses for the simple form of <c>mlContext.Fuse().Train</c>, bound to its keys.</summary>
public static class Loss
{
    /// <summary>Makes a cross-entropy loss of the network's logits <c>[N, C]</c> and a key label; its <c>Score</c> is softmax.</summary>
    public static LossCrossEntropy CrossEntropy() => new();

    /// <summary>Makes a mean squared error of the network's output <c>[N, 1]</c> or <c>[N]</c> and a Single label.</summary>
    public static LossMeanSquaredError MeanSquaredError() => new();

    /// <summary>Makes a loss of any function of the network's output and the label.</summary>
    /// <param name="callable">Computes the loss from prediction and target: a scalar, or one value a row.</param>
    /// <param name="link">The function from the network's output to <c>Score</c>. Default: none.</param>
    public static LossDefault Of(Func<Tensor, Tensor, Tensor> callable, Activation link = Activation.None) =>
        new(callable, BatchKeys.Logits, BatchKeys.Label) { PredictionLink = link };
}
