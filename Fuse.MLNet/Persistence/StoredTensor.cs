namespace Fuse.MLNet;

/// <summary>Describes a tensor of a file by its type and shape.</summary>
internal abstract record StoredTensor(ScalarType DType, long[] Shape)
{
    /// <inheritdoc/>
    public sealed override string ToString() => $"{DType} [{string.Join(", ", Shape)}]";
}
