namespace Fuse.MLNet;

/// <summary>Holds a callback's part of a checkpoint.</summary>
public sealed class CallbackState
{
    /// <summary>Gets texts by name.</summary>
    public IDictionary<string, string> Values { get; init; } = new OrderedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets tensors by name, on any device; those read from a checkpoint are on the CPU.</summary>
    public IDictionary<string, Tensor> Tensors { get; init; } = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
}
