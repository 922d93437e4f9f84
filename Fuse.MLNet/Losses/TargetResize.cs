namespace Fuse.MLNet;

/// <summary>Brings segmentation targets to the size of the prediction.</summary>
internal static class TargetResize
{
    /// <summary>Resizes the last dimensions of a target.</summary>
    /// <param name="target">The target <c>[..., D, H, W]</c>.</param>
    /// <param name="size">The sizes wanted of the last dimensions.</param>
    /// <param name="mode">How to resize.</param>
    /// <param name="ignoreIndex">The value of elements left out, which yields to every other value of a block.</param>
    /// <exception cref="ArgumentException">The target is smaller than wanted, or differs and must not be resized.</exception>
    public static Tensor To(Tensor target, ReadOnlySpan<long> size, ResizeMode mode, long ignoreIndex)
    {
        int first = target.shape.Length - size.Length;
        ReadOnlySpan<long> from = target.shape.AsSpan(first);
        if (from.SequenceEqual(size))
            return target;
        if (mode == ResizeMode.None)
            throw new ArgumentException($"the target's size {Text(from)} is not the prediction's {Text(size)}");
        for (int i = 0; i < size.Length; i++)
            if (from[i] < size[i])
                throw new ArgumentException($"the target's size {Text(from)} is smaller than the prediction's {Text(size)}; a target can only be resized to a smaller size");
        return mode == ResizeMode.MaxPool ? MaxPool(target, first, size.ToArray(), ignoreIndex) : Nearest(target, first, size);
    }

    private static Tensor Nearest(Tensor target, int first, ReadOnlySpan<long> size)
    {
        for (int i = 0; i < size.Length; i++)
        {
            long from = target.shape[first + i];
            if (from == size[i])
                continue;
            var picked = new long[size[i]];
            for (int to = 0; to < picked.Length; to++)
                picked[to] = to * from / size[i];
            target = target.index_select(first + i, tensor(picked, device: target.device));
        }
        return target;
    }

    private static Tensor MaxPool(Tensor target, int first, long[] size, long ignoreIndex)
    {
        long[] leading = target.shape[..first];
        var block = new long[size.Length];
        Tensor cut = target;
        for (int i = 0; i < size.Length; i++)
        {
            long from = target.shape[first + i];
            block[i] = from / size[i];
            cut = cut.narrow(first + i, (from - (block[i] * size[i])) / 2, block[i] * size[i]);
        }
        // Pooling needs floating-point numbers; these hold class indices exactly. Left-out elements must never win over a class.
        Tensor values = target.is_floating_point() ? cut : cut.to(ScalarType.Float64);
        Tensor left = values.eq(ignoreIndex).logical_or(values.isnan());
        values = values.masked_fill(left, double.NegativeInfinity).reshape([leading.Aggregate(1L, (product, length) => product * length), 1, .. cut.shape[first..]]);
        Tensor pooled = size.Length switch
        {
            2 => nn.functional.max_pool2d(values, block),
            3 => nn.functional.max_pool3d(values, block),
            _ => throw new ArgumentException($"max pooling resizes targets of 2 or 3 dimensions, not {size.Length}"),
        };
        pooled = pooled.masked_fill(pooled.isneginf(), ignoreIndex);
        return pooled.reshape([.. leading, .. size]).to(target.dtype);
    }

    private static string Text(ReadOnlySpan<long> size) => $"[{string.Join(", ", size.ToArray())}]";
}
