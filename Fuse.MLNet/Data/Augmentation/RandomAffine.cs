namespace Fuse.MLNet;

/// <summary>Turns, moves, scales and shears images and their masks about their centre, each row by chance.</summary>
/// <remarks>
/// torchvision's <c>RandomAffine</c>, by <c>affine_grid</c> and <c>grid_sample</c>: images are interpolated linearly, masks take the nearest value. An
/// image is scaled, then sheared, turned and moved. In volumes every slice is treated alike, unless <see cref="Tilt"/> turns them too; voxels are taken for
/// cubes. A mask of another resolution than the image moves with it. By default nothing moves: set what should. Preview.
/// </remarks>
public sealed record RandomAffine : SpatialTransform
{
    /// <summary>Gets the angle in degrees, counter-clockwise as seen. Default: (0, 0).</summary>
    public RandomRange Rotation { get; init; }

    /// <summary>Gets the angle in degrees about the axis of height, and another about that of width; of volumes only. Default: (0, 0).</summary>
    public RandomRange Tilt { get; init; }

    /// <summary>Gets the way as a fraction of the size, drawn for each axis: to the right, down, and to the back. Default: (0, 0).</summary>
    public RandomRange Translation { get; init; }

    /// <summary>Gets the factor of size, above 0; larger than 1 enlarges. Default: (1, 1).</summary>
    public RandomRange Scale { get; init => field = value.Positive(nameof(Scale)); } = (1, 1);

    /// <summary>Gets the angle in degrees, within (-90, 90), by which upright lines lean, to the right at the lower end. Default: (0, 0).</summary>
    public RandomRange Shear
    {
        get;
        init => field = value is { Low: > -90, High: < 90 } ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(Shear)} must be within (-90, 90) degrees.");
    }

    /// <summary>Gets the value of images where nothing is left; normalized, as the tensor is. Default: 0.</summary>
    public double ImageFill { get; init; }

    /// <summary>Gets the value of masks where nothing is left, such as the index that the loss ignores. Default: 0.</summary>
    public double MaskFill { get; init; }

    /// <inheritdoc/>
    public override void Apply(BatchDict batch, RowRandom random)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(random);
        long[] sizes = SizesOf(batch);
        Tensor chosen = random.Bernoulli(Probability);
        Tensor maps = Maps(random, sizes).to(chosen.device);
        foreach (string key in Images)
            batch[key] = where(Spread(chosen, batch[key]), Move(Image(batch, key), maps, sizes.Length, GridSampleMode.Bilinear, ImageFill), batch[key]);
        foreach (string key in Masks)
            batch[key] = where(Spread(chosen, batch[key]), MoveMask(batch[key], maps, sizes.Length), batch[key]);
    }

    private Tensor MoveMask(Tensor mask, Tensor maps, int dims)
    {
        // Whole numbers that Float32 may not hold exactly go by Float64.
        ScalarType type = mask.is_floating_point() ? mask.dtype : mask.dtype is ScalarType.Int32 or ScalarType.Int64 ? ScalarType.Float64 : ScalarType.Float32;
        return Move(mask.to(type), maps, dims, GridSampleMode.Nearest, MaskFill).to(mask.dtype);
    }

    private static Tensor Move(Tensor values, Tensor maps, int dims, GridSampleMode mode, double fill)
    {
        bool hasChannels = values.dim() == dims + 2;
        using Scalar outside = fill;
        // What lies outside is 0, so the fill is taken off before and put back.
        Tensor shifted = (hasChannels ? values : values.unsqueeze(1)).sub(outside);
        Tensor grid = nn.functional.affine_grid(maps.to(values.dtype), shifted.shape, align_corners: false);
        Tensor moved = nn.functional.grid_sample(shifted, grid, mode, GridSamplePaddingMode.Zeros, align_corners: false).add(outside);
        return hasChannels ? moved : moved.squeeze(1);
    }

    /// <summary>Draws for each row the map from places of the new image to those of the old one, Float64 <c>[N, dims, dims + 1]</c>.</summary>
    private Tensor Maps(RowRandom random, long[] sizes)
    {
        int dims = sizes.Length;
        (double[] angle, double[] scale, double[] shear) = (random.Draw(Rotation), random.Draw(Scale), random.Draw(Shear));
        double[][] way = [.. sizes.Select(_ => random.Draw(Translation))];
        double[][] tilt = [random.Draw(Tilt), random.Draw(Tilt)];
        double[] maps = new double[random.RowCount * dims * (dims + 1)];
        for (int row = 0; row < random.RowCount; row++)
        {
            // The inverse of scale, shear, rotation, from left to right; coordinates are x, y, z.
            var map = new AffineMap(dims);
            map.Scale(1 / scale[row]);
            map.Shear(-Math.Tan(double.DegreesToRadians(shear[row])));
            map.Rotate(0, 1, -angle[row]);
            if (dims == 3)
            {
                map.Rotate(0, 2, -tilt[0][row]);
                map.Rotate(1, 2, -tilt[1][row]);
            }
            map.Write(maps.AsSpan(row * dims * (dims + 1)), sizes, [.. way.Select(axis => axis[row])]);
        }
        return tensor(maps).reshape(random.RowCount, dims, dims + 1);
    }
}
