namespace Fuse.MLNet;

/// <summary>Holds the entries of a Python dict, in order; keys are compared only where one is looked for.</summary>
internal sealed class PickleDict
{
    private List<(object? Key, object? Value)>? _entries;

    /// <summary>Adds keys and values in turn.</summary>
    public void Add(object?[] pairs)
    {
        if (pairs.Length % 2 != 0)
            throw new InvalidDataException("its pickle has a key without a value");
        _entries ??= [];
        for (int i = 0; i < pairs.Length; i += 2)
            _entries.Add((pairs[i], pairs[i + 1]));
    }

    /// <summary>Gets the value of a name, or null.</summary>
    public object? Find(string name) => _entries?.FindLast(entry => entry.Key as string == name).Value;

    /// <summary>Gets the tensors under names.</summary>
    public Dictionary<string, StoredTensor> Tensors()
    {
        var tensors = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach ((object? key, object? value) in _entries ?? [])
            if (key is string name && value is TorchTensor tensor)
                tensors[name] = tensor;
        return tensors;
    }
}
