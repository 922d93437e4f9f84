namespace Fuse.MLNet;

/// <summary>Mirrors images and their masks, each row by chance.</summary>
/// <remarks>torchvision's <c>RandomHorizontalFlip</c> and <c>RandomVerticalFlip</c>. Preview.</remarks>
public sealed record RandomFlip : SpatialTransform
{
    /// <summary>Describes the transform.</summary>
    public RandomFlip() => Probability = 0.5;

    /// <summary>
    /// Gets the axes to mirror, counted from the end: -1 swaps left and right, -2 top and bottom, -3 front and back of volumes. Each is drawn
    /// by itself. Default: <c>[-1]</c>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none, one twice, or another number.</exception>
    public ValueList<int> Axes
    {
        get;
        init => field = value is { Count: > 0 } && value.Distinct().Count() == value.Count && value.All(axis => axis is >= -3 and <= -1) ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(Axes)} takes -1 (width), -2 (height) and -3 (depth), each once.");
    } = [-1];

    /// <inheritdoc/>
    public override void Apply(BatchDict batch, RowRandom random)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(random);
        int dims = SizesOf(batch).Length;
        foreach (int axis in Axes)
        {
            if (-axis > dims)
                throw new ArgumentException($"the axis {axis} is not one of the {dims} of the images; depth is only in [N, C, D, H, W]");
            Tensor chosen = random.Bernoulli(Probability);
            foreach (string key in Keys!)
                batch[key] = where(Spread(chosen, batch[key]), batch[key].flip(axis), batch[key]);
        }
    }
}
