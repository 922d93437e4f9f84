namespace Fuse.MLNet;

/// <summary>Translates between safetensors' dtype names and libtorch's scalar types.</summary>
internal static class SafetensorsDType
{
    private static readonly Dictionary<string, ScalarType> ByName = new(StringComparer.Ordinal)
    {
        ["BOOL"] = ScalarType.Bool,
        ["U8"] = ScalarType.Byte,
        ["I8"] = ScalarType.Int8,
        ["I16"] = ScalarType.Int16,
        ["I32"] = ScalarType.Int32,
        ["I64"] = ScalarType.Int64,
        ["F16"] = ScalarType.Float16,
        ["BF16"] = ScalarType.BFloat16,
        ["F32"] = ScalarType.Float32,
        ["F64"] = ScalarType.Float64,
    };

    /// <summary>Gets the scalar type of a dtype name, or null when the name is not a supported one.</summary>
    public static ScalarType? Parse(string name) => ByName.TryGetValue(name, out ScalarType type) ? type : null;

    /// <summary>Gets the dtype name of a scalar type.</summary>
    /// <exception cref="NotSupportedException">The type has no safetensors name.</exception>
    public static string NameOf(ScalarType type)
    {
        foreach ((string name, ScalarType candidate) in ByName)
            if (candidate == type)
                return name;
        throw new NotSupportedException($"A tensor of type {type} cannot be written as safetensors; supported are {string.Join(", ", ByName.Values)}.");
    }

    /// <summary>Gets the size of one element in bytes.</summary>
    public static int SizeOf(ScalarType type) => type switch
    {
        ScalarType.Bool or ScalarType.Byte or ScalarType.Int8 => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 => 8,
        _ => throw new NotSupportedException($"Tensors of type {type} are not supported."),
    };
}
