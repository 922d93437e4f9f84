using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Fuse.MLNet;

/// <summary>Keeps the TorchScript files of a description in entries of their own in the model file; the description itself holds their check sums.</summary>
internal sealed class ScriptEntries : JsonConverter<TorchScriptFile>
{
    private readonly Dictionary<string, TorchScriptFile> _files = new(StringComparer.Ordinal);
    private readonly Func<string, byte[]>? _read;

    /// <summary>Starts with none.</summary>
    /// <param name="read">Reads an entry by its name, when a description is read; null refuses files that have one.</param>
    public ScriptEntries(Func<string, byte[]>? read = null)
    {
        _read = read;
        var options = new JsonSerializerOptions(FuseJsonContext.Default.Options);
        options.Converters.Add(this);
        Description = new FuseJsonContext(options).ModelDescription;
    }

    /// <summary>Gets how a description is written.</summary>
    public JsonTypeInfo<ModelDescription> Description { get; }

    /// <summary>Gets how a description is read.</summary>
    public JsonTypeInfo<ModelDescription> Reading => JsonDefaults.Reading<ModelDescription>(FuseJsonContext.Default, this);

    /// <summary>Gets the files that were met so far, by the names of their entries.</summary>
    public IEnumerable<(string Name, TorchScriptFile File)> Files => _files.Values.Select(file => (EntryName(file.Sha256), file));

    public override TorchScriptFile Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // Before any of it is read, let alone run.
        if (_read is null)
            throw new UnauthorizedAccessException("The model file holds TorchScript, which is code that runs when the model is loaded. " +
                $"If you trust where it comes from, allow it before loading: mlContext.Fuse().{nameof(FuseCatalog.AllowTorchScript)} = true.");
        string sha256 = reader.GetString() is { Length: 64 } text && text.All(char.IsAsciiHexDigitLower) ? text : throw new JsonException("A TorchScript file is named by its SHA-256.");
        if (_files.TryGetValue(sha256, out TorchScriptFile? known))
            return known;
        var file = new TorchScriptFile(_read(EntryName(sha256)));
        // libtorch ends the process on some damaged files, so that they must not come that far.
        if (file.Sha256 != sha256)
            throw new InvalidDataException($"The model file's {EntryName(sha256)} is damaged or was exchanged: its SHA-256 is {file.Sha256}.");
        return _files[sha256] = file;
    }

    public override void Write(Utf8JsonWriter writer, TorchScriptFile value, JsonSerializerOptions options)
    {
        _files[value.Sha256] = value;
        writer.WriteStringValue(value.Sha256);
    }

    private static string EntryName(string sha256) => $"{sha256}.torchscript";
}
