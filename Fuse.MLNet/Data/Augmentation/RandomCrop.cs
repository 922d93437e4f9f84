namespace Fuse.MLNet;

/// <summary>Cuts a window out of images and their masks, at a place drawn for each row, from the centre in rows that are not chosen.</summary>
/// <remarks>
/// torchvision's <c>RandomCrop</c>. Validation and scoring see whole images, so the window should be as large as they are, with
/// <see cref="Padding"/>, unless the network takes images of any size. Preview.
/// </remarks>
public sealed record RandomCrop : SpatialTransform
{
    /// <summary>Gets the window's size: <c>[H, W]</c>, or <c>[D, H, W]</c> of volumes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public required ValueList<long> Size
    {
        get;
        init => field = value is { Count: 2 or 3 } && value.All(size => size > 0) ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(Size)} takes the positive sizes [H, W] or [D, H, W].");
    }

    /// <summary>Gets the width of the border put around the images first, on every side, in pixels. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public long Padding
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(Padding)} must be 0 or more.");
    }

    /// <summary>Gets the value of the border of images; normalized, as the tensor is. Default: 0.</summary>
    public double ImageFill { get; init; }

    /// <summary>Gets the value of the border of masks, such as the index that the loss ignores. Default: 0.</summary>
    public double MaskFill { get; init; }

    /// <inheritdoc/>
    public override void Apply(BatchDict batch, RowRandom random)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(random);
        long[] sizes = SizesOf(batch);
        if (sizes.Length != Size.Count || sizes.Zip(Size).Any(pair => pair.Second > pair.First + (2 * Padding)))
            throw new ArgumentException($"a window of {Size} does not fit into images of [{string.Join(", ", sizes)}] with a border of {Padding}");
        double[] chosen = random.Draw();
        long[][] starts = [.. sizes.Zip(Size, (size, window) => size + (2 * Padding) - window + 1).Select(places => Starts(random.Draw(), chosen, places))];
        foreach (string key in Keys!)
        {
            if (!batch[key].shape.AsSpan(batch[key].shape.Length - sizes.Length).SequenceEqual(sizes))
                throw new ArgumentException($"'{key}' is [{string.Join(", ", batch[key].shape)}]; to be cropped with others it must have their sizes, [{string.Join(", ", sizes)}]");
            batch[key] = Crop(batch[key], starts, Images.Contains(key) ? ImageFill : MaskFill);
        }
    }

    private long[] Starts(double[] draws, double[] chosen, long places) =>
        [.. draws.Zip(chosen, (draw, choice) => choice < Probability ? (long)(draw * places) : (places - 1) / 2)];

    private Tensor Crop(Tensor values, long[][] starts, double fill)
    {
        if (Padding > 0)
            values = nn.functional.pad(values, [.. Enumerable.Repeat(Padding, 2 * Size.Count)], PaddingModes.Constant, fill);
        var windows = new Tensor[values.shape[0]];
        for (int row = 0; row < windows.Length; row++)
        {
            windows[row] = values[row];
            for (int axis = 0; axis < Size.Count; axis++)
                windows[row] = windows[row].narrow(windows[row].dim() - Size.Count + axis, starts[axis][row], Size[axis]);
        }
        return stack(windows);
    }
}
