namespace Fuse.MLNet;

/// <summary>Describes a head that classifies every place of a map or volume: features <c>[N, C, H, W]</c> to <c>[N, K, H, W]</c>, likewise in 3D.</summary>
/// <remarks>FuseMedML's <c>HeadDenseSegmentation</c>. Tabular columns join every place's features; FuseMedML counts them and leaves them out.</remarks>
public sealed record HeadDenseSegmentation : FeatureHead
{
    /// <summary>Gets the number of classes, or of numbers in mode <see cref="HeadMode.Regression"/>. Default: 2.</summary>
    public long NumClasses { get; init => field = ModelOption.Positive(value); } = 2;

    /// <summary>Gets the kernel, and stride, of a maximum pooling before the layers: one size for all dimensions, or one for each. Default: none.</summary>
    public ValueList<long> MaxPoolKernel { get; init => field = ModelOption.Sizes(value); } = [];

    /// <summary>Gets the probability with which values of <see cref="FeatureHead.Layers"/> are dropped in training. Default: 0.1.</summary>
    public double DropoutRate { get; init => field = ModelOption.Dropout(value); } = 0.1;

    internal override long OutputCount => NumClasses;

    internal override double LayersDropout => DropoutRate;

    internal override Tensor Reduce(Tensor features)
    {
        int places = (int)features.dim() - 2;
        if (places < 1)
            throw new InvalidOperationException($"the head '{HeadName}' segments maps [N, C, H, W] or volumes [N, C, D, H, W], but its features are {BatchFeatures.Shape(features)}; " +
                $"take {nameof(HeadGlobalPoolingClassifier)}, or a backbone that does not pool");
        if (MaxPoolKernel.Count == 0)
            return features;
        if (MaxPoolKernel.Count != 1 && MaxPoolKernel.Count != places)
            throw new InvalidOperationException($"the head '{HeadName}' pools with {nameof(MaxPoolKernel)} {MaxPoolKernel}, but its features {BatchFeatures.Shape(features)} have {places} dimensions of places");
        long[] kernel = MaxPoolKernel.Count == places ? MaxPoolKernel.ToArray() : [.. Enumerable.Repeat(MaxPoolKernel[0], places)];
        return places switch
        {
            1 => nn.functional.max_pool1d(features, kernel[0], kernel[0]),
            2 => nn.functional.max_pool2d(features, kernel, kernel),
            _ => nn.functional.max_pool3d(features, kernel, kernel),
        };
    }
}
