namespace Fuse.MLNet;

/// <summary>Describes a tensor of a PyTorch file: a view of a storage.</summary>
internal sealed record TorchTensor : StoredTensor
{
    private const int MaxDimensions = 64;

    /// <summary>Describes a tensor, checking that every element lies in the storage.</summary>
    /// <exception cref="InvalidDataException">One does not.</exception>
    public TorchTensor(TorchStorage storage, long offset, long[] shape, long[] strides)
        : base(storage.DType, shape)
    {
        Storage = storage;
        Offset = offset;
        Strides = strides;
        if (offset < 0 || shape.Length != strides.Length || shape.Length > MaxDimensions || shape.Any(size => size < 0) || strides.Any(stride => stride < 0))
            throw new InvalidDataException("it has a tensor of impossible shape, strides or offset");
        if (!shape.Contains(0) && !LiesWithin(offset, shape, strides, storage.Count))
            throw new InvalidDataException($"it has a tensor {this} that reaches behind the {storage.Count} values of its storage '{storage.Key}'");
    }

    /// <summary>Gets the storage.</summary>
    public TorchStorage Storage { get; }

    /// <summary>Gets the place of the first element in the storage.</summary>
    public long Offset { get; }

    /// <summary>Gets how far apart neighbours are in the storage, for each dimension.</summary>
    public long[] Strides { get; }

    private static bool LiesWithin(long offset, long[] shape, long[] strides, long count)
    {
        Int128 last = offset;
        // Compared at each step, so that the sum stays far below what the type holds.
        for (int i = 0; i < shape.Length && last < count; i++)
            last += (Int128)(shape[i] - 1) * strides[i];
        return last < count;
    }
}
