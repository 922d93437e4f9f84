namespace Fuse.MLNet;

/// <summary>Builds an ONNX graph, operation by operation.</summary>
internal sealed class OnnxBuilder : IDisposable
{
    private readonly List<OnnxValue> _inputs = [];
    private readonly List<OnnxOperation> _operations = [];
    private readonly Dictionary<string, Tensor> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _numbers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private string? _rows;

    /// <summary>Adds an input.</summary>
    public string Input(string name, OnnxType type, IReadOnlyList<long> rowShape)
    {
        _inputs.Add(new(name, type, rowShape));
        _names.Add(name);
        return name;
    }

    /// <summary>Keeps a name for an output of the graph.</summary>
    public void Reserve(string name) => _names.Add(name);

    /// <summary>Adds an operation of one output.</summary>
    public string Add(string type, string[] inputs, params ReadOnlySpan<(string Name, object Value)> attributes) => AddNamed(Unique(type), type, inputs, attributes);

    /// <summary>Adds an operation whose output gets a name.</summary>
    public string AddNamed(string output, string type, string[] inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var named = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach ((string name, object value) in attributes)
            named[name] = value is double number ? (float)number : value;
        _operations.Add(new(type, inputs, output, named));
        return output;
    }

    /// <summary>Adds a tensor of known values; a copy is kept.</summary>
    public string Constant(string name, Tensor values)
    {
        string unique = Unique(name);
        using var noGrad = no_grad();
        ScalarType stored = values.dtype is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Int64 or ScalarType.Bool ? values.dtype
            : values.is_floating_point() ? ScalarType.Float32 : ScalarType.Int64;
        using Tensor plain = values.detach();
        _constants[unique] = plain.to(stored, CPU, copy: true).contiguous().DetachFromDisposeScope();
        return stored == values.dtype || values.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? unique : Cast(unique, values.dtype);
    }

    /// <summary>Adds whole numbers.</summary>
    public string Longs(params long[] values) => Number($"i{string.Join(',', values)}", () => tensor(values));

    /// <summary>Adds one number, of no dimensions.</summary>
    public string Scalar(double value, ScalarType type = ScalarType.Float32) =>
        Number(FormattableString.Invariant($"{type}{value:R}"), () => tensor(value, ScalarType.Float64).to(type));

    /// <summary>Adds a conversion.</summary>
    public string Cast(string value, ScalarType type) => Add("Cast", [value], ("to", (long)TypeOf(type)));

    /// <summary>Gets the number of rows, one whole number.</summary>
    public string Rows() => _rows ??= Add("Slice", [Add("Shape", [_inputs[0].Name]), Longs(0), Longs(1), Longs(0)]);

    /// <summary>Gets sizes as whole numbers, those that depend on the number of rows computed from it.</summary>
    public string Sizes(IReadOnlyList<TracedSize> sizes)
    {
        if (!sizes.Any(size => size.IsPerRow))
            return Longs([.. sizes.Select(size => size.Value)]);
        string[] parts = [.. sizes.Select(size => !size.IsPerRow ? Longs(size.Value) : size.Value == 1 ? Rows() : Add("Mul", [Rows(), Longs(size.Value)]))];
        return parts.Length == 1 ? parts[0] : Add("Concat", parts, ("axis", 0L));
    }

    /// <summary>Adds a change of shape.</summary>
    public string Reshape(string value, IReadOnlyList<TracedSize> shape) => Add("Reshape",
        [value, shape.Count(size => size.IsPerRow) <= 1 ? Longs([.. shape.Select(size => size.IsPerRow ? -1 : size.Value)]) : Sizes(shape)]);

    /// <summary>Ends the building; operations that no output needs are left out.</summary>
    public OnnxGraph Build(IReadOnlyList<OnnxValue> outputs)
    {
        OnnxFolding.Fold(_operations, _constants);
        var needed = outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var kept = new List<OnnxOperation>();
        foreach (OnnxOperation operation in Enumerable.Reverse(_operations).Where(operation => needed.Contains(operation.Output)))
        {
            needed.UnionWith(operation.Inputs);
            kept.Add(operation);
        }
        kept.Reverse();
        Dictionary<string, Tensor> constants = _constants.Where(constant => needed.Contains(constant.Key)).ToDictionary();
        foreach (string name in constants.Keys)
            _constants.Remove(name);
        return new OnnxGraph(_inputs, outputs, kept, constants);
    }

    /// <summary>Frees what did not go into the graph.</summary>
    public void Dispose()
    {
        foreach (Tensor constant in _constants.Values)
            constant.Dispose();
    }

    public static OnnxType TypeOf(ScalarType type) => type switch
    {
        ScalarType.Float32 => OnnxType.Float,
        ScalarType.Float64 => OnnxType.Double,
        ScalarType.Int64 => OnnxType.Int64,
        ScalarType.Int32 => OnnxType.Int32,
        ScalarType.Int16 => OnnxType.Int16,
        ScalarType.Int8 => OnnxType.Int8,
        ScalarType.Byte => OnnxType.UInt8,
        ScalarType.Bool => OnnxType.Bool,
        _ => throw OnnxErrors.NotExported($"a tensor of type {type}", "has no ONNX form here"),
    };

    private string Number(string key, Func<Tensor> make)
    {
        if (_numbers.TryGetValue(key, out string? name))
            return name;
        using Tensor value = make();
        return _numbers[key] = Constant("constant", value);
    }

    private string Unique(string name)
    {
        if (_names.Add(name))
            return name;
        for (int i = 1; ; i++)
            if (_names.Add($"{name}_{i}"))
                return $"{name}_{i}";
    }
}
