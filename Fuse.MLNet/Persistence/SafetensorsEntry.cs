namespace Fuse.MLNet;

/// <summary>Describes one tensor of a safetensors header: its type, its shape and its bytes' place behind the header.</summary>
internal sealed record SafetensorsEntry(ScalarType DType, long[] Shape, long Begin, long End) : StoredTensor(DType, Shape)
{
    /// <summary>Tells whether a tensor has this entry's type and shape.</summary>
    public bool Fits(Tensor tensor) => tensor.dtype == DType && tensor.shape.AsSpan().SequenceEqual(Shape);
}
