namespace Fuse.MLNet;

/// <summary>Describes a head over feature vectors <c>[N, C]</c>: <c>[N, K]</c>, or <c>[N]</c> for the regression of one number.</summary>
/// <remarks>FuseMedML's <c>Head1D</c>; its <c>append_features</c>, which cannot run there, are <see cref="FeatureHead.TabularInputs"/>.</remarks>
public sealed record Head1D : FeatureHead
{
    /// <summary>Gets the number of classes or of numbers. Default: 2.</summary>
    public long NumOutputs { get; init => field = ModelOption.Positive(value); } = 2;

    /// <summary>Gets the probability with which values of <see cref="FeatureHead.Layers"/> are dropped in training. Default: 0.1.</summary>
    public double DropoutRate { get; init => field = ModelOption.Dropout(value); } = 0.1;

    internal override long OutputCount => NumOutputs;

    internal override double LayersDropout => DropoutRate;

    internal override Tensor Reduce(Tensor features) => features.dim() == 2 ? features : throw new InvalidOperationException(
        $"the head '{HeadName}' reads vectors [N, C], but its features are {BatchFeatures.Shape(features)}; take {nameof(HeadGlobalPoolingClassifier)}, or a backbone that pools");
}
