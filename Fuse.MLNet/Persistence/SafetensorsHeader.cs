using System.Text.Json;

namespace Fuse.MLNet;

/// <summary>Reads the JSON of a safetensors header value by value, so that it takes little more memory than what it says.</summary>
internal ref struct SafetensorsHeader
{
    private const int MaxDimensions = 64;
    private Utf8JsonReader _json;
    private bool _isBegun;

    /// <summary>Starts at the header's first name.</summary>
    /// <param name="header">The header's bytes.</param>
    public SafetensorsHeader(ReadOnlySpan<byte> header) => _json = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = 8 });

    /// <summary>Reads the next name, or gets null behind the last one, where nothing else may follow.</summary>
    public string? NextName()
    {
        if (!_isBegun)
            Expect(JsonTokenType.StartObject);
        _isBegun = true;
        if (Name() is { } name)
            return name;
        return _json.Read() ? throw new JsonException("something follows its end") : null;
    }

    /// <summary>Reads a name's texts by their own names; the last one of a name counts.</summary>
    public Dictionary<string, string> Texts()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        Expect(JsonTokenType.StartObject);
        while (Name() is { } name)
            texts[name] = Text() ?? "";
        return texts;
    }

    /// <summary>Reads a name's tensor.</summary>
    public (string DType, long[] Shape, long[] Offsets) Tensor()
    {
        (string? type, long[]? shape, long[]? offsets) = (null, null, null);
        Expect(JsonTokenType.StartObject);
        while (Name() is { } name)
            switch (name)
            {
                case "dtype":
                    type = Text() ?? "null";
                    break;
                case "shape":
                    shape = Numbers();
                    break;
                case "data_offsets":
                    offsets = Numbers();
                    break;
                default:
                    _json.Skip();
                    break;
            }
        return type is not null && shape is not null && offsets is not null ? (type, shape, offsets) : throw new JsonException("a tensor needs dtype, shape and data_offsets");
    }

    private string? Name()
    {
        _json.Read();
        return _json.TokenType == JsonTokenType.EndObject ? null : _json.GetString();
    }

    private string? Text()
    {
        _json.Read();
        return _json.GetString();
    }

    private long[] Numbers()
    {
        var numbers = new List<long>();
        Expect(JsonTokenType.StartArray);
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            numbers.Add(numbers.Count < MaxDimensions ? _json.GetInt64() : throw new JsonException($"a tensor has more than {MaxDimensions} dimensions"));
        return [.. numbers];
    }

    private void Expect(JsonTokenType type)
    {
        if (!_json.Read() || _json.TokenType != type)
            throw new JsonException($"{type} was expected where {_json.TokenType} stands");
    }
}
