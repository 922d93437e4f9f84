using System.Text.Json;

namespace Fuse.MLNet;

/// <summary>Is an operation as libtorch's execution trace has it, with the operations that it called.</summary>
internal sealed class TracedOperation(JsonElement node)
{
    public long Id { get; } = node.GetProperty("id").GetInt64();

    public long Parent { get; } = node.GetProperty("ctrl_deps").GetInt64();

    public string Name { get; } = node.GetProperty("name").GetString()!;

    public List<TracedOperation> Children { get; } = [];

    /// <summary>Gets the arguments' names, in order, from the schema; such as <c>aten::relu(Tensor self) -> Tensor</c>.</summary>
    public string[] ArgumentNames { get; } = Names(Attribute(node, "op_schema"));

    public object?[] Arguments { get; } = Values(node.GetProperty("inputs"));

    public object?[] Results { get; } = Values(node.GetProperty("outputs"));

    /// <summary>Gets the thread that ran it.</summary>
    public string Thread { get; } = Attribute(node, "tid");

    private static string Attribute(JsonElement node, string name) =>
        node.GetProperty("attrs").EnumerateArray().First(attribute => attribute.GetProperty("name").GetString() == name).GetProperty("value").ToString();

    private static string[] Names(string schema)
    {
        int start = schema.IndexOf('(', StringComparison.Ordinal) + 1;
        var names = new List<string>();
        for (int i = start, depth = 0, from = start; i < schema.Length && depth >= 0; i++)
        {
            depth += schema[i] is '(' or '[' ? 1 : schema[i] is ')' or ']' ? -1 : 0;
            if (depth >= 0 && !(schema[i] == ',' && depth == 0))
                continue;
            string argument = schema[from..i].Split('=')[0].Trim();
            if (argument.Length > 0 && argument != "*")
                names.Add(argument[(argument.LastIndexOf(' ') + 1)..]);
            from = i + 1;
        }
        return [.. names];
    }

    private static object?[] Values(JsonElement list)
    {
        JsonElement[] values = [.. list.GetProperty("values").EnumerateArray()];
        JsonElement[] shapes = [.. list.GetProperty("shapes").EnumerateArray()];
        JsonElement[] types = [.. list.GetProperty("types").EnumerateArray()];
        return [.. values.Select((value, i) => Value(value, shapes[i], types[i].GetString()!))];
    }

    private static object? Value(JsonElement value, JsonElement shape, string type)
    {
        const string List = "GenericList[";
        if (type.StartsWith("Tensor(", StringComparison.Ordinal))
        {
            return type.Contains("nullptr", StringComparison.Ordinal) ? null
                : new TensorReference(value[0].GetInt64(), value[1].GetInt64(), [.. shape.EnumerateArray().Select(size => size.GetInt64())], TypeOf(type[7..^1]));
        }
        if (value.ValueKind == JsonValueKind.Array)
        {
            string[] items = type.StartsWith(List, StringComparison.Ordinal) ? type[List.Length..^1].Split(',') : [];
            JsonElement[] shapes = [.. shape.EnumerateArray()];
            return value.EnumerateArray().Select((item, i) => Value(item, i < shapes.Length ? shapes[i] : shape, i < items.Length ? items[i] : type)).ToArray();
        }
        return value.ValueKind switch
        {
            // Without a common type, or whole numbers would become doubles.
            JsonValueKind.Null => (object?)null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when type == "Double" => TraceNumber.Exact(value.GetDouble()),
            JsonValueKind.Number => value.GetInt64(),
            _ => value.GetString() is { } text && text != "<None>" ? text : null,
        };
    }

    private static ScalarType? TypeOf(string name) => name switch
    {
        "float" => ScalarType.Float32,
        "double" => ScalarType.Float64,
        "long int" or "long" or "long long" or "__int64" => ScalarType.Int64,
        "int" => ScalarType.Int32,
        "short int" or "short" => ScalarType.Int16,
        "signed char" => ScalarType.Int8,
        "unsigned char" => ScalarType.Byte,
        "bool" => ScalarType.Bool,
        _ => null,
    };

    /// <summary>Is a tensor as the trace names it. Ids are those of places in memory, which later tensors may take over.</summary>
    internal sealed record TensorReference(long Id, long Storage, long[] Shape, ScalarType? Type)
    {
        public bool Equals(TensorReference? other) => other?.Id == Id;

        public override int GetHashCode() => Id.GetHashCode();
    }
}
