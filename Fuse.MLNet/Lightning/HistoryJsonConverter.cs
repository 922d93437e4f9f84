using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Writes a history with each list of names once: <c>{"layouts": [["train.losses.total_loss"]], "epochs": [{"epoch": 0, "layout": 0, "values": [0.5]}]}</c>.</summary>
/// <remarks>A long run logs the same names in every epoch; written with each value, they would take more memory than a file may. Files of format 1 have them so, and are read as well.</remarks>
internal sealed class HistoryJsonConverter : JsonConverter<History>
{
    public override History Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        (string[][] layouts, List<EpochRecord>? epochs) = ([], null);
        Expect(ref reader, JsonTokenType.StartObject);
        while (Next(ref reader, JsonTokenType.EndObject))
            switch (Property(ref reader))
            {
                case "layouts":
                    layouts = [.. Layouts(ref reader)];
                    break;
                case "epochs":
                    epochs = Epochs(ref reader, layouts, options);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        return new(epochs?.ToArray() ?? throw new JsonException("A history has no epochs."));
    }

    public override void Write(Utf8JsonWriter writer, History value, JsonSerializerOptions options)
    {
        var layouts = new OrderedDictionary<ValueList<string>, int>();
        var layoutOf = new List<int>(value.Epochs.Count);
        foreach (EpochRecord epoch in value.Epochs)
        {
            ValueList<string> names = epoch.Values.Select(logged => logged.Name).ToArray();
            layouts.TryAdd(names, layouts.Count);
            layoutOf.Add(layouts[names]);
        }
        writer.WriteStartObject();
        writer.WriteStartArray("layouts");
        foreach (ValueList<string> names in layouts.Keys)
        {
            writer.WriteStartArray();
            foreach (string name in names)
                writer.WriteStringValue(name);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("epochs");
        foreach ((EpochRecord epoch, int layout) in value.Epochs.Zip(layoutOf))
        {
            writer.WriteStartObject();
            writer.WriteNumber("epoch", epoch.Epoch);
            writer.WriteNumber("layout", layout);
            writer.WriteStartArray("values");
            foreach (LoggedValue logged in epoch.Values)
                if (double.IsFinite(logged.Value))
                    writer.WriteNumberValue(logged.Value);
                else
                    JsonSerializer.Serialize(writer, logged.Value, options);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static List<string[]> Layouts(ref Utf8JsonReader reader)
    {
        var layouts = new List<string[]>();
        Expect(ref reader, JsonTokenType.StartArray);
        while (Next(ref reader, JsonTokenType.EndArray))
        {
            var names = new List<string>();
            Expect(ref reader, JsonTokenType.StartArray);
            while (Next(ref reader, JsonTokenType.EndArray))
            {
                Expect(ref reader, JsonTokenType.String);
                names.Add(reader.GetString()!);
            }
            layouts.Add([.. names]);
        }
        return layouts;
    }

    private static List<EpochRecord> Epochs(ref Utf8JsonReader reader, string[][] layouts, JsonSerializerOptions options)
    {
        var epochs = new List<EpochRecord>();
        Expect(ref reader, JsonTokenType.StartArray);
        while (Next(ref reader, JsonTokenType.EndArray))
            epochs.Add(Epoch(ref reader, layouts, options));
        return epochs;
    }

    private static EpochRecord Epoch(ref Utf8JsonReader reader, string[][] layouts, JsonSerializerOptions options)
    {
        (int? epoch, string[] names, LoggedValue[]? values) = (null, [], null);
        Expect(ref reader, JsonTokenType.StartObject);
        while (Next(ref reader, JsonTokenType.EndObject))
            switch (Property(ref reader))
            {
                case "epoch":
                    epoch = Whole(ref reader);
                    break;
                case "layout":
                    int layout = Whole(ref reader);
                    names = layout >= 0 && layout < layouts.Length ? layouts[layout] : throw new JsonException($"An epoch has the layout {layout} of {layouts.Length}.");
                    break;
                case "values":
                    values = Values(ref reader, names, options);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        return new(epoch ?? throw new JsonException("An epoch of the history has no number."), values ?? throw new JsonException($"Epoch {epoch} of the history has no values."));
    }

    private static LoggedValue[] Values(ref Utf8JsonReader reader, string[] names, JsonSerializerOptions options)
    {
        var values = new List<LoggedValue>(names.Length);
        Expect(ref reader, JsonTokenType.StartArray);
        while (Next(ref reader, JsonTokenType.EndArray))
            if (reader.TokenType == JsonTokenType.StartObject)
                values.Add(JsonSerializer.Deserialize<LoggedValue>(ref reader, options)!);
            else if (values.Count < names.Length)
                values.Add(new(names[values.Count], JsonSerializer.Deserialize<double>(ref reader, options)));
            else
                throw new JsonException($"An epoch of the history has more values than its {names.Length} names.");
        return values.Count >= names.Length ? [.. values] : throw new JsonException($"An epoch of the history has {values.Count} values and {names.Length} names.");
    }

    private static bool Next(ref Utf8JsonReader reader, JsonTokenType end) => reader.Read() && reader.TokenType != end;

    private static string Property(ref Utf8JsonReader reader)
    {
        string name = reader.GetString()!;
        reader.Read();
        return name;
    }

    private static int Whole(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int number) ? number : throw Unexpected(ref reader, JsonTokenType.Number);

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (reader.TokenType != type)
            throw Unexpected(ref reader, type);
    }

    private static JsonException Unexpected(ref Utf8JsonReader reader, JsonTokenType expected) => new($"The history has a {reader.TokenType} where a {expected} was expected.");
}
