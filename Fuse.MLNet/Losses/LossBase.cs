using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes a loss: it reads what it needs from the batch and gives one number to minimize.</summary>
/// <remarks>
/// A description is immutable; each <c>Fit</c> builds fresh state from it. To write a loss of your own, derive a record and override
/// <see cref="Compute(BatchDict)"/>. After FuseMedML's <c>LossBase</c>.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(LossBinaryCrossEntropy), "loss.binary_cross_entropy")]
[JsonDerivedType(typeof(BinaryDiceLoss), "loss.binary_dice")]
[JsonDerivedType(typeof(LossCombined), "loss.combined")]
[JsonDerivedType(typeof(LossCrossEntropy), "loss.cross_entropy")]
[JsonDerivedType(typeof(DiceLoss), "loss.dice")]
[JsonDerivedType(typeof(LossExtractFromBatchDict), "loss.extract_from_batch_dict")]
[JsonDerivedType(typeof(FocalLoss), "loss.focal")]
[JsonDerivedType(typeof(GeneralizedDiceLoss), "loss.generalized_dice")]
[JsonDerivedType(typeof(LossHuber), "loss.huber")]
[JsonDerivedType(typeof(LossMasked), "loss.masked")]
[JsonDerivedType(typeof(LossMeanAbsoluteError), "loss.mean_absolute_error")]
[JsonDerivedType(typeof(LossMeanSquaredError), "loss.mean_squared_error")]
[JsonDerivedType(typeof(LossSegmentationCrossEntropy), "loss.segmentation_cross_entropy")]
[JsonDerivedType(typeof(LossSmoothL1), "loss.smooth_l1")]
[JsonDerivedType(typeof(SupervisedContrastiveLoss), "loss.supervised_contrastive")]
[JsonDerivedType(typeof(TverskyLoss), "loss.tversky")]
[JsonDerivedType(typeof(LossWarmUp), "loss.warm_up")]
public abstract record LossBase
{
    /// <summary>Gets the factor of this loss in the total, a finite number. Default: 1.</summary>
    public double Weight { get; init => field = LossOption.Finite(value); } = 1;

    /// <summary>
    /// Gets a function that changes the batch before the loss sees it, such as keeping the rows that have a label; it must return a new
    /// batch (<see cref="BatchDict.Copy"/>, <see cref="BatchDict.SelectRows"/>) and leave the given one as it is.
    /// </summary>
    [JsonIgnore]
    public Func<BatchDict, BatchDict>? Preprocess { get; init; }

    /// <summary>Gets the function from the prediction that this loss reads to the value a user reads, such as softmax for cross-entropy.</summary>
    [JsonIgnore]
    public virtual Activation Link => Activation.None;

    /// <summary>Gets the key of the prediction that <see cref="Link"/> belongs to, when the loss reads one.</summary>
    [JsonIgnore]
    public virtual string? PredictionKey => null;

    /// <summary>Computes the loss of each element.</summary>
    /// <param name="batch">The batch after the model's forward pass.</param>
    protected virtual LossTerms Compute(BatchDict batch) =>
        throw new NotSupportedException($"{GetType().Name} must override {nameof(Compute)}.");

    /// <summary>Builds the loss's own parameters and buffers, which move to the device, train and are restored with the model; null when it has none.</summary>
    protected internal virtual nn.Module? BuildModule() => null;

    /// <summary>Computes the loss of each element with the module that <see cref="BuildModule"/> made.</summary>
    /// <param name="batch">The batch after the model's forward pass.</param>
    /// <param name="module">The loss's module of this run, or null.</param>
    protected internal virtual LossTerms Compute(BatchDict batch, nn.Module? module) => Compute(batch);

    /// <summary>Computes the mean loss of a batch; a loss may override it where PyTorch has the mean in one call.</summary>
    /// <param name="batch">The batch after the model's forward pass.</param>
    /// <param name="module">The loss's module of this run, or null.</param>
    /// <param name="examples">The weights of the examples, checked; null when all weigh 1.</param>
    internal virtual LossValue Mean(BatchDict batch, nn.Module? module, Tensor? examples) => LossReduction.Mean(Compute(batch, module), batch, examples);

    /// <summary>Gets whether a row's loss depends on the other rows of its batch, as by class weights that are counted in it.</summary>
    internal virtual bool DependsOnBatch => false;

    /// <summary>Names why the loss cannot be appended row by row, or null when it can.</summary>
    internal virtual string? WhyNotRowByRow() => null;

    /// <summary>Names why the description cannot be saved, or null when it can.</summary>
    internal virtual string? WhyNotSavable() => Preprocess is null ? null
        : $"its {nameof(Preprocess)} is a function, which a file cannot hold; do that step in a record of your own that derives from {nameof(LossBase)}";
}
