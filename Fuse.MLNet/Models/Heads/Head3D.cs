namespace Fuse.MLNet;

/// <summary>Describes a head over volumes of features <c>[N, C, D, H, W]</c>, pooled by the maximum: <c>[N, K]</c>, or <c>[N]</c> for the regression of one number.</summary>
/// <remarks>
/// FuseMedML's <c>Head3D</c>. Without <see cref="Head.Inputs"/> (<c>Inputs = []</c>) it reads tabular columns only. One number is <c>[N]</c>; FuseMedML's
/// <c>[N, 1]</c> is broadcast against targets <c>[N]</c>.
/// </remarks>
public sealed record Head3D : FeatureHead
{
    /// <summary>Gets the number of classes or of numbers. Default: 3.</summary>
    public long NumOutputs { get; init => field = ModelOption.Positive(value); } = 3;

    /// <summary>Gets the probability with which a pooled feature is dropped in training. Default: 0.1.</summary>
    public double DropoutRate { get; init => field = ModelOption.Dropout(value); } = 0.1;

    /// <summary>Gets the probability with which values of <see cref="FeatureHead.Layers"/> are dropped in training. Default: 0.</summary>
    public double FusedDropoutRate { get; init => field = ModelOption.Dropout(value); }

    internal override long OutputCount => NumOutputs;

    internal override double LayersDropout => FusedDropoutRate;

    internal override double FeatureDropout => DropoutRate;

    internal override Tensor Reduce(Tensor features) => BatchFeatures.Max(features);
}
