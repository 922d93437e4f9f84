namespace Fuse.MLNet;

/// <summary>Changes contrast, gamma and brightness of images, in this order, each row by chance.</summary>
/// <remarks>After torchvision's <c>ColorJitter</c> and MONAI's <c>RandAdjustContrast</c>, for values of any range. By default nothing changes: set what should. Preview.</remarks>
public sealed record RandomIntensity : ImageTransform
{
    /// <summary>Gets the factor, above 0, of each value's distance to the row's mean. Default: (1, 1).</summary>
    public RandomRange Contrast { get; init => field = value.Positive(nameof(Contrast)); } = (1, 1);

    /// <summary>Gets the exponent, above 0, of the values, which are brought from the row's smallest and largest to 0 and 1 for it and back. Default: (1, 1).</summary>
    public RandomRange Gamma { get; init => field = value.Positive(nameof(Gamma)); } = (1, 1);

    /// <summary>Gets the number added to the values, in the units of the normalized image. Default: (0, 0).</summary>
    public RandomRange Brightness { get; init; }

    /// <inheritdoc/>
    public override void Apply(BatchDict batch, RowRandom random)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(random);
        Tensor chosen = random.Bernoulli(Probability);
        (Tensor contrast, Tensor gamma, Tensor brightness) = (Of(random, Contrast), Of(random, Gamma), Of(random, Brightness));
        foreach (string key in Images)
        {
            Tensor image = Image(batch, key);
            Tensor changed = image;
            if (!Contrast.IsAlways(1))
                changed = WithContrast(changed, Numbers(contrast, image));
            if (!Gamma.IsAlways(1))
                changed = WithGamma(changed, Numbers(gamma, image));
            if (!Brightness.IsAlways(0))
                changed += Numbers(brightness, image);
            batch[key] = where(Spread(chosen, image), changed, image);
        }
    }

    private static Tensor Of(RowRandom random, RandomRange range) => random.Uniform(range.Low, range.High);

    private static Tensor Numbers(Tensor rows, Tensor image) => Spread(rows, image).to(image.dtype);

    private static Tensor WithContrast(Tensor image, Tensor factor)
    {
        Tensor mean = image.mean(AllButRows(image), keepdim: true);
        return ((image - mean) * factor) + mean;
    }

    private static Tensor WithGamma(Tensor image, Tensor exponent)
    {
        using Scalar none = 0;
        Tensor low = image.amin(AllButRows(image), keepdim: true);
        Tensor range = image.amax(AllButRows(image), keepdim: true) - low;
        // A row of one value stays as it is: its range of 0 brings everything back to that value.
        Tensor part = (image - low) / where(range.gt(none), range, ones_like(range));
        return (part.pow(exponent) * range) + low;
    }

    private static long[] AllButRows(Tensor image) => [.. Enumerable.Range(1, (int)image.dim() - 1).Select(dim => (long)dim)];
}
