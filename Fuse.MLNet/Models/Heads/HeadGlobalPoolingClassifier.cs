namespace Fuse.MLNet;

/// <summary>Describes a head that pools features <c>[N, C, ...]</c> over all places, then classifies: <c>[N, K]</c>.</summary>
/// <remarks>
/// FuseMedML's <c>HeadGlobalPoolingClassifier</c>, for maps, volumes and features <c>[N, C]</c> alike. Several inputs and tabular columns are joined on
/// dimension 1, where FuseMedML joins rows. FuseMedML's 1x1 convolutions are linear layers here: weights <c>[out, in]</c>.
/// </remarks>
public sealed record HeadGlobalPoolingClassifier : FeatureHead
{
    /// <summary>Gets the number of classes, or of numbers in mode <see cref="HeadMode.Regression"/>. Default: 2.</summary>
    public long NumClasses { get; init => field = ModelOption.Positive(value); } = 2;

    /// <summary>Gets how features are pooled. Default: the maximum.</summary>
    public GlobalPooling Pooling { get; init; } = GlobalPooling.Max;

    /// <summary>Gets the probability with which values of <see cref="FeatureHead.Layers"/> are dropped in training. Default: 0.1.</summary>
    public double DropoutRate { get; init => field = ModelOption.Dropout(value); } = 0.1;

    internal override long OutputCount => NumClasses;

    internal override double LayersDropout => DropoutRate;

    internal override Tensor Reduce(Tensor features) => Pooling == GlobalPooling.Average ? BatchFeatures.Mean(features) : BatchFeatures.Max(features);
}
