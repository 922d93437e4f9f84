using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Fuse.MLNet;

/// <summary>Is the file of a run's state: a safetensors file of all its tensors, with the rest as JSON in the header.</summary>
internal sealed class Checkpoint : IDisposable
{
    private const string StateName = "fuse_mlnet_train_state";
    private static readonly JsonTypeInfo<TrainState> Reading = JsonDefaults.Reading<TrainState>(TrainStateJson.Default);
    private readonly FileStream _stream;
    private readonly SafetensorsReader _reader;

    private Checkpoint(FileStream stream, string path)
    {
        _stream = stream;
        _reader = new SafetensorsReader(stream, path);
        State = _reader.Metadata.TryGetValue(StateName, out string? json)
            ? VersionedJson.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)), path, TrainState.CurrentFormat, Reading)
            : throw new InvalidDataException($"{path} is not a checkpoint of Fuse.MLNet.");
        State.Check(path);
    }

    public TrainState State { get; }

    /// <summary>Opens a checkpoint and reads its state, not yet its tensors.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a checkpoint.</exception>
    public static Checkpoint Open(string path)
    {
        if (!File.Exists(path))
            throw MLNetErrors.Mark(new FileNotFoundException($"There is no checkpoint '{path}' to resume from.", path));
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read);
        try
        {
            return new Checkpoint(stream, path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Writes a checkpoint, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written, as when the disk is full.</exception>
    public static void Save(string path, TrainState state, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var metadata = new Dictionary<string, string> { [StateName] = JsonSerializer.Serialize(state, TrainStateJson.Default.TrainState) };
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            AtomicFile.Write(path, stream => SafetensorsWriter.Write(stream, tensors, metadata));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw MLNetErrors.Mark(new IOException($"The checkpoint '{path}' cannot be written, and the run stops here; what was written before is whole and resumes it: {error.Message}", error));
        }
    }

    /// <summary>Tells whether there are tensors under a prefix.</summary>
    public bool Has(string prefix) => _reader.Entries.Keys.Any(name => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Copies the tensors under a prefix into those of the same names; names, types and shapes must be the same on both sides.</summary>
    /// <exception cref="InvalidDataException">They are not.</exception>
    public void CopyTo(IEnumerable<KeyValuePair<string, Tensor>> targets, string prefix) =>
        _reader.CopyTo(targets.ToDictionary(pair => prefix + pair.Key, pair => pair.Value), prefix);

    /// <summary>Reads the tensors under a prefix, into the current dispose scope.</summary>
    public IReadOnlyDictionary<string, Tensor> Read(string prefix)
    {
        Dictionary<string, Tensor> tensors = _reader.Entries.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key, entry => empty(entry.Value.Shape, entry.Value.DType, CPU));
        _reader.CopyTo(tensors, prefix);
        return tensors.ToDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value);
    }

    public void Dispose() => _stream.Dispose();
}
