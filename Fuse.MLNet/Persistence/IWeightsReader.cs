namespace Fuse.MLNet;

/// <summary>Reads named tensors from a file.</summary>
internal interface IWeightsReader
{
    /// <summary>Gets the tensors that the file has, by name.</summary>
    IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Copies the values of some of the names, in place; shapes must be the same, and types that can be converted.</summary>
    void CopyTo(IEnumerable<KeyValuePair<string, Tensor>> targets);
}
