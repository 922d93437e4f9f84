namespace Fuse.MLNet;

/// <summary>Makes the losses for the simple form of <c>mlContext.Fuse().Train</c>, bound to its keys.</summary>
/// <remarks>Each reads <c>model.logits.head_0</c> and <c>data.label</c>; <c>with { Pred = ..., Target = ... }</c> binds it to others.</remarks>
public static class Loss
{
    /// <summary>Makes a cross-entropy loss of logits <c>[N, C]</c> and class indices (a key label); its <c>Score</c> is softmax.</summary>
    /// <param name="classWeights">The weights by class index, or null.</param>
    /// <param name="labelSmoothing">The share of the target that is spread over all classes.</param>
    public static LossCrossEntropy CrossEntropy(ValueList<float>? classWeights = null, double labelSmoothing = 0) =>
        new() { ClassWeights = classWeights, LabelSmoothing = labelSmoothing };

    /// <summary>Makes a binary cross-entropy loss of logits and yes-or-no targets; its <c>Score</c> is the logistic function.</summary>
    /// <param name="positiveWeight">The weight of positive targets.</param>
    public static LossBinaryCrossEntropy BinaryCrossEntropy(float positiveWeight = 1) =>
        positiveWeight == 1 ? new() : new() { PositiveWeight = [positiveWeight] };

    /// <summary>Makes a mean squared error of the network's output <c>[N, 1]</c> or <c>[N]</c> and a Single label.</summary>
    public static LossMeanSquaredError MeanSquaredError() => new();

    /// <summary>Makes a mean absolute error of the network's output <c>[N, 1]</c> or <c>[N]</c> and a Single label.</summary>
    public static LossMeanAbsoluteError MeanAbsoluteError() => new();

    /// <summary>Makes a Huber loss of the network's output <c>[N, 1]</c> or <c>[N]</c> and a Single label.</summary>
    /// <param name="delta">The error from which the loss is linear.</param>
    public static LossHuber Huber(double delta = 1) => new() { Delta = delta };

    /// <summary>Makes a smooth L1 loss of the network's output <c>[N, 1]</c> or <c>[N]</c> and a Single label.</summary>
    /// <param name="beta">The error from which the loss is linear.</param>
    public static LossSmoothL1 SmoothL1(double beta = 1) => new() { Beta = beta };

    /// <summary>Makes a cross-entropy loss of a segmentation's logits <c>[N, C, H, W]</c> and class indices <c>[N, H, W]</c>.</summary>
    /// <param name="classWeights">The weights of the classes. Default: the rarer, the heavier.</param>
    public static LossSegmentationCrossEntropy SegmentationCrossEntropy(ClassWeighting? classWeights = null) =>
        new() { ClassWeights = classWeights ?? ClassWeighting.InverseProportional };

    /// <summary>Makes a Dice loss of a segmentation's logits <c>[N, C, H, W]</c> and class indices <c>[N, H, W]</c>.</summary>
    /// <param name="activation">The function from the prediction to probabilities.</param>
    /// <param name="ignoreClasses">The classes to leave out, such as <c>[0]</c> for the background.</param>
    public static DiceLoss Dice(Activation activation = Activation.Softmax, ValueList<long>? ignoreClasses = null) =>
        new() { Activation = activation, IgnoreClasses = ignoreClasses ?? [] };

    /// <summary>Makes a Dice loss of one region's logits <c>[N, 1, H, W]</c> and a 0-or-1 target <c>[N, H, W]</c>.</summary>
    public static BinaryDiceLoss BinaryDice() => new();

    /// <summary>Makes a generalized Dice loss (Sudre et al., 2017) of a segmentation's logits and class indices.</summary>
    public static GeneralizedDiceLoss GeneralizedDice() => new();

    /// <summary>Makes a Tversky loss (Salehi et al., 2017) of a segmentation's logits and class indices.</summary>
    /// <param name="alpha">The weight of false positives.</param>
    /// <param name="beta">The weight of false negatives.</param>
    public static TverskyLoss Tversky(double alpha = 0.3, double beta = 0.7) => new() { Alpha = alpha, Beta = beta };

    /// <summary>Makes a focal Tversky loss (Abraham and Khan, 2019) of a segmentation's logits and class indices.</summary>
    /// <param name="alpha">The weight of false positives.</param>
    /// <param name="beta">The weight of false negatives.</param>
    /// <param name="gamma">The focus on hard regions.</param>
    public static TverskyLoss FocalTversky(double alpha = 0.3, double beta = 0.7, double gamma = 4.0 / 3) => new() { Alpha = alpha, Beta = beta, Gamma = gamma };

    /// <summary>Makes a focal loss (Lin et al., 2017) of logits and class indices, for classes or for pixels.</summary>
    /// <param name="alpha">The weight of positives, or null for none.</param>
    /// <param name="gamma">The focus on hard elements.</param>
    /// <param name="activation">The form: sigmoid, each class against the rest, or softmax.</param>
    public static FocalLoss Focal(double? alpha = 0.25, double gamma = 2, Activation activation = Activation.Sigmoid) =>
        new() { Alpha = alpha, Gamma = gamma, Activation = activation };

    /// <summary>Makes a supervised contrastive loss of the two features of a siamese model.</summary>
    /// <param name="temperature">What similarities are divided by.</param>
    /// <param name="symmetric">Whether the softmax is taken over both sides.</param>
    public static SupervisedContrastiveLoss SupervisedContrastive(double temperature = 0.2, bool symmetric = false) =>
        new() { Temperature = temperature, Symmetric = symmetric };

    /// <summary>Makes the sum of Dice and cross-entropy of a segmentation's logits <c>[N, C, H, W]</c> and class indices <c>[N, H, W]</c>.</summary>
    /// <param name="diceWeight">The factor of Dice.</param>
    /// <param name="crossEntropyWeight">The factor of cross-entropy, in which all classes weigh alike.</param>
    public static LossCombined DiceCrossEntropy(double diceWeight = 1, double crossEntropyWeight = 1) => Sum(
        ("dice", Dice() with { Weight = diceWeight }),
        ("cross_entropy", SegmentationCrossEntropy(ClassWeighting.None) with { Weight = crossEntropyWeight, Resize = ResizeMode.MaxPool }));

    /// <summary>Makes the sum of losses, each with its own weight.</summary>
    /// <param name="losses">The losses by name.</param>
    public static LossCombined Sum(params (string Name, LossBase Loss)[] losses) =>
        new() { Losses = losses.Select(part => new NamedLoss(part.Name, part.Loss)).ToArray() };

    /// <summary>Turns a loss on after a number of training steps.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="iterations">The number of training steps without it.</param>
    public static LossWarmUp WarmUp(LossBase loss, long iterations) => new(loss, iterations);

    /// <summary>Weighs the elements of a loss by a mask of the batch.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="mask">The batch key of the mask.</param>
    public static LossMasked Masked(LossBase loss, string mask) => new(loss, mask);

    /// <summary>Takes a loss that the model computed from the batch.</summary>
    /// <param name="key">The batch key of the value.</param>
    public static LossExtractFromBatchDict FromBatch(string key) => new(key);

    /// <summary>Makes a loss of any function of the network's output and the label.</summary>
    /// <param name="callable">Computes the loss from prediction and target: a scalar, or one value a row.</param>
    /// <param name="link">The function from the network's output to <c>Score</c>. Default: none.</param>
    public static LossDefault Of(Func<Tensor, Tensor, Tensor> callable, Activation link = Activation.None) =>
        new(callable, BatchKeys.Logits, BatchKeys.Label) { PredictionLink = link };

    /// <summary>Makes a loss of any TorchSharp loss module of the network's output and the label.</summary>
    /// <param name="module">Builds the module, such as <c>() => nn.MSELoss()</c>; each <c>Fit</c> builds its own.</param>
    /// <param name="link">The function from the network's output to <c>Score</c>. Default: none.</param>
    public static LossDefault Of(Func<nn.Module<Tensor, Tensor, Tensor>> module, Activation link = Activation.None) =>
        new(module, BatchKeys.Logits, BatchKeys.Label) { PredictionLink = link };
}
