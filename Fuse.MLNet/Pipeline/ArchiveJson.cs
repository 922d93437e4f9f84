using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Fuse.MLNet;

/// <summary>Reads a description from a model file and says clearly what is wrong with it.</summary>
internal static class ArchiveJson
{
    private const int MaxDepth = 32;

    /// <summary>Reads a description, checking its format's version first.</summary>
    /// <exception cref="InvalidDataException">It is not valid, or was made by a newer version of this library.</exception>
    public static T Read<T>(Stream stream, string entry, int currentFormat, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = MaxDepth });
            int format = document.RootElement.TryGetProperty("formatVersion", out JsonElement version) && version.TryGetInt32(out int number) ? number : 0;
            if (format < 1 || format > currentFormat)
                throw new InvalidDataException($"The model file's {entry} has format {format}, made by Fuse.MLNet " +
                    $"{(document.RootElement.TryGetProperty("fuseVersion", out JsonElement maker) ? maker : "unknown")}; this is {FuseTransformer.Versions().Fuse}, which reads formats 1 to {currentFormat}.");
            return document.Deserialize(type) ?? throw new JsonException("it is null");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"The model file's {entry} is not valid: {error.Message}", error);
        }
    }
}
