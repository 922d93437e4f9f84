namespace Fuse.MLNet;

/// <summary>Adds normally distributed noise to images, each element and row by chance.</summary>
/// <remarks>torchvision's <c>GaussianNoise</c>, without clipping. Preview.</remarks>
public sealed record GaussianNoise : ImageTransform
{
    /// <summary>Gets the noise's standard deviation, above 0, in the units of the normalized image. Default: 0.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public double StandardDeviation
    {
        get;
        init => field = value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(StandardDeviation)} must be above 0.");
    } = 0.1;

    /// <inheritdoc/>
    public override void Apply(BatchDict batch, RowRandom random)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(random);
        using Scalar deviation = StandardDeviation;
        Tensor chosen = random.Bernoulli(Probability);
        foreach (string key in Images)
        {
            Tensor image = Image(batch, key);
            batch[key] = where(Spread(chosen, image), image + random.NormalLike(image).mul(deviation), image);
        }
    }
}
