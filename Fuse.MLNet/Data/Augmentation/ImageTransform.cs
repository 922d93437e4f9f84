namespace Fuse.MLNet;

/// <summary>Is the base of the transforms of images.</summary>
/// <remarks>Images are floating-point tensors <c>[N, C, H, W]</c>, <c>[N, H, W]</c> or, volumes, <c>[N, C, D, H, W]</c>. Preview.</remarks>
public abstract record ImageTransform : BatchTransform
{
    private protected ImageTransform()
    {
    }

    /// <summary>Gets the batch keys of the images, which are all changed alike. Default: <c>data.input</c>.</summary>
    public ValueList<string> Images { get; init; } = [BatchKeys.Input];

    /// <summary>Gets the probability that a row is changed, from 0 to 1. Default: 1, but 0.5 in <see cref="RandomFlip"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public double Probability
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(Probability)} must be from 0 to 1.");
    } = 1;

    internal override IEnumerable<string>? Keys => Images;

    /// <summary>Gets an image that can be computed with.</summary>
    /// <exception cref="ArgumentException">It is not floating-point, or has no more than a value a row.</exception>
    private protected static Tensor Image(BatchDict batch, string key)
    {
        Tensor image = batch[key];
        return !image.is_floating_point() ? throw new ArgumentException($"the image '{key}' is {image.dtype}; give its TensorColumn the DType Float32")
            : image.dim() < 2 ? throw new ArgumentException($"the image '{key}' has one value a row")
            : image;
    }

    /// <summary>Gives numbers of rows <c>[N]</c> the dimensions of a tensor <c>[N, ...]</c>, so that they spread over it.</summary>
    private protected static Tensor Spread(Tensor rows, Tensor over) => rows.reshape([rows.shape[0], .. Enumerable.Repeat(1L, (int)over.dim() - 1)]);
}
