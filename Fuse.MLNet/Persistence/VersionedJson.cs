using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Fuse.MLNet;

/// <summary>Reads descriptions and says clearly what is wrong with them.</summary>
internal static class VersionedJson
{
    private const int MaxDepth = 32;

    // What a description is read to may take twice its text and this.
    private const long FreeBytes = 64 << 20;

    // A list's items are gathered in one that grows by doubling and then copied; a description's object has many properties.
    private const long ItemBytes = 32;
    private const long StringBytes = 56;
    private const long ObjectBytes = 160;

    /// <summary>Reads a description, checking its format's version first.</summary>
    /// <exception cref="InvalidDataException">It is not valid, or was made by a newer version of this library.</exception>
    public static T Read<T>(Stream stream, string entry, int currentFormat, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            if (stream.Length - stream.Position > Array.MaxLength)
                throw new JsonException($"it has {stream.Length} bytes, more than can be read");
            byte[] json = new byte[stream.Length - stream.Position];
            stream.ReadExactly(json);
            (int format, string maker) = Version(json);
            if (format < 1 || format > currentFormat)
                throw new InvalidDataException($"{entry} has format {format}, made by Fuse.MLNet {Excerpt.Of(maker)}; this is {LibraryVersion.Fuse}, which reads formats 1 to {currentFormat}.");
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("it is null");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or ArgumentException or InvalidOperationException or OverflowException)
        {
            throw new InvalidDataException($"{entry} is not valid: {Excerpt.Of(error.Message)}", error);
        }
    }

    /// <summary>Finds the versions without building anything of what the file holds, and reads it to its end, to see what it would take.</summary>
    /// <exception cref="JsonException">It would become far more than its text.</exception>
    private static (int Format, string Maker) Version(ReadOnlySpan<byte> json)
    {
        (int format, string maker) = (0, "unknown");
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        long bytes = 0;
        while (reader.Read())
        {
            bytes += reader.TokenType switch
            {
                JsonTokenType.StartObject or JsonTokenType.StartArray => ObjectBytes,
                JsonTokenType.String => StringBytes + (sizeof(char) * (long)reader.ValueSpan.Length),
                JsonTokenType.EndObject or JsonTokenType.EndArray or JsonTokenType.PropertyName => 0,
                _ => ItemBytes,
            };
            if (bytes > FreeBytes + (2L * json.Length))
                throw new JsonException($"its {json.Length} bytes of text would become far more in memory; no description is like that");
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                continue;
            (bool isFormat, bool isMaker) = (reader.ValueTextEquals("formatVersion"), reader.ValueTextEquals("fuseVersion"));
            reader.Read();
            if (isFormat)
                format = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int number) ? number : 0;
            else if (isMaker && reader.TokenType == JsonTokenType.String)
                maker = reader.GetString()!;
        }
        return (format, maker);
    }
}
