namespace Fuse.MLNet;

/// <summary>Is the base of the transforms that move what images show, and their masks with it.</summary>
/// <remarks>Masks are tensors of any type, <c>[N, H, W]</c> or <c>[N, C, H, W]</c>, for volumes with D before H; their values and type are kept. Preview.</remarks>
public abstract record SpatialTransform : ImageTransform
{
    private protected SpatialTransform()
    {
    }

    /// <summary>Gets the batch keys of the masks, such as a segmentation's target, which move with the images. Default: none.</summary>
    public ValueList<string> Masks { get; init; } = [];

    internal override IEnumerable<string>? Keys => [.. Images, .. Masks];

    /// <summary>Gets the sizes in space of the first image, or mask when there is no image: <c>[H, W]</c> or <c>[D, H, W]</c>.</summary>
    /// <exception cref="ArgumentException">A tensor has another number of dimensions.</exception>
    private protected long[] SizesOf(BatchDict batch)
    {
        string first = Keys!.FirstOrDefault() ?? throw new ArgumentException($"it names neither {nameof(Images)} nor {nameof(Masks)}");
        int dims = batch[first].dim() == 5 ? 3 : 2;
        foreach (string key in Keys!)
            if (batch[key].dim() != dims + 1 && batch[key].dim() != dims + 2)
                throw new ArgumentException($"'{key}' is [{string.Join(", ", batch[key].shape)}]; expected {(dims == 2 ? "[N, C, H, W] or [N, H, W]" : "[N, C, D, H, W] or [N, D, H, W]")}");
        return batch[first].shape[^dims..];
    }
}
