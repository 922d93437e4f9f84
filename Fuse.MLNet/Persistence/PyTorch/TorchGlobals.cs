namespace Fuse.MLNet;

/// <summary>Knows the names that state dicts are made of, each with what stands for it here; nothing is ever looked up in Python or .NET.</summary>
internal static class TorchGlobals
{
    private const int ShownLetters = 100;

    private static readonly Dictionary<string, object> Allowed = new(StringComparer.Ordinal)
    {
        ["collections.OrderedDict"] = new Func<object?[], object>(arguments => arguments is [] ? new PickleDict() : throw Arguments("OrderedDict")),
        ["torch.Size"] = new Func<object?[], object>(arguments => arguments is [object?[] sizes] ? sizes : throw Arguments("Size")),
        ["torch.device"] = new Func<object?[], object>(arguments => arguments is [string name, ..] ? name : throw Arguments("device")),
        ["torch._utils._rebuild_parameter"] = new Func<object?[], object>(arguments => arguments is [TorchTensor tensor, ..] ? tensor : throw Arguments("_rebuild_parameter")),
        ["torch._utils._rebuild_tensor_v2"] = new Func<object?[], object>(arguments => arguments is [TorchStorage storage, long offset, object?[] shape, object?[] strides, ..]
            ? new TorchTensor(storage, offset, Sizes(shape), Sizes(strides)) : throw Arguments("_rebuild_tensor_v2")),
        ["torch.BoolStorage"] = ScalarType.Bool,
        ["torch.ByteStorage"] = ScalarType.Byte,
        ["torch.CharStorage"] = ScalarType.Int8,
        ["torch.ShortStorage"] = ScalarType.Int16,
        ["torch.IntStorage"] = ScalarType.Int32,
        ["torch.LongStorage"] = ScalarType.Int64,
        ["torch.HalfStorage"] = ScalarType.Float16,
        ["torch.BFloat16Storage"] = ScalarType.BFloat16,
        ["torch.FloatStorage"] = ScalarType.Float32,
        ["torch.DoubleStorage"] = ScalarType.Float64,
    };

    /// <summary>Gets what stands for a name.</summary>
    /// <exception cref="InvalidDataException">It is not among those of state dicts.</exception>
    public static object Find(string name) => Allowed.TryGetValue(name, out object? value) ? value : throw new InvalidDataException(
        $"reading it would run {string.Concat(name.Take(ShownLetters).Where(letter => !char.IsControl(letter)))}, which is not part of a state dict, and nothing of a file is run here");

    /// <summary>Makes the storage that a pickle refers to by its persistent id.</summary>
    /// <exception cref="InvalidDataException">The id is not one.</exception>
    public static TorchStorage Storage(object? id) => id is object?[] and ["storage", ScalarType type, string key, string, long count, ..] && count >= 0
        ? new TorchStorage(type, key, count) : throw new InvalidDataException("its pickle refers to something that is no storage");

    private static long[] Sizes(object?[] sizes) => sizes.All(size => size is long) ? [.. sizes.Cast<long>()] : throw Arguments("_rebuild_tensor_v2");

    private static InvalidDataException Arguments(string function) => new($"its pickle calls {function} with arguments that do not fit");
}
