using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Fuse.MLNet;

/// <summary>Reads descriptions and says clearly what is wrong with them.</summary>
internal static class VersionedJson
{
    private const int MaxDepth = 32;

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
                throw new InvalidDataException($"{entry} has format {format}, made by Fuse.MLNet {maker}; this is {LibraryVersion.Fuse}, which reads formats 1 to {currentFormat}.");
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("it is null");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or ArgumentException or InvalidOperationException or OverflowException)
        {
            throw new InvalidDataException($"{entry} is not valid: {error.Message}", error);
        }
    }

    /// <summary>Finds the versions without building anything of what the file holds, and reads it to its end.</summary>
    private static (int Format, string Maker) Version(ReadOnlySpan<byte> json)
    {
        (int format, string maker) = (0, "unknown");
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
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
