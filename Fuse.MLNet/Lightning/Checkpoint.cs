using System.Text;
using System.Text.Json;

namespace Fuse.MLNet;

/// <summary>Writes and reads checkpoints: a safetensors file of all tensors of a run, with the rest of its state as JSON in the header.</summary>
internal static class Checkpoint
{
    private const string StateName = "fuse_mlnet_train_state";
    private const string OptimizerPrefix = "optimizer.";
    private const string ModulePrefix = "module.";
    private const string BestPrefix = "best.";

    /// <summary>Writes a checkpoint, whole or not at all.</summary>
    public static void Save(string path, TrainState state, nn.Module module, ModuleState? best, ParameterOptimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach ((string name, Tensor value) in optimizer.SaveState())
            tensors[OptimizerPrefix + name] = value;
        foreach ((string name, Tensor value) in module.state_dict())
            tensors[ModulePrefix + name] = value;
        foreach ((string name, Tensor value) in best?.Values ?? new Dictionary<string, Tensor>())
            tensors[BestPrefix + name] = value;
        var metadata = new Dictionary<string, string> { [StateName] = JsonSerializer.Serialize(state, TrainStateJson.Default.TrainState) };
        AtomicFile.Write(path, stream => SafetensorsWriter.Write(stream, tensors, metadata));
    }

    /// <summary>Reads a checkpoint into a module and its optimizer.</summary>
    /// <param name="path">The file.</param>
    /// <param name="module">The module, built as in the interrupted run.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <returns>The rest of the state, and the weights of the best epoch if there are any.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a checkpoint, or not one of this network.</exception>
    public static (TrainState State, ModuleState? Best) Load(string path, nn.Module module, ParameterOptimizer optimizer)
    {
        using FileStream stream = Open(path);
        (SafetensorsReader reader, TrainState state) = ReadHeader(stream, path);
        Dictionary<string, Tensor> weights = module.state_dict();
        ModuleState? best = reader.Entries.Keys.Any(name => name.StartsWith(BestPrefix, StringComparison.Ordinal)) ? ModuleState.Capture(module) : null;
        using var scope = NewDisposeScope();
        var optimizerState = reader.Entries.Where(entry => entry.Key.StartsWith(OptimizerPrefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[OptimizerPrefix.Length..], entry => empty(entry.Value.Shape, entry.Value.DType));
        var targets = optimizerState.ToDictionary(entry => OptimizerPrefix + entry.Key, entry => entry.Value, StringComparer.Ordinal);
        foreach ((string name, Tensor value) in weights)
            targets[ModulePrefix + name] = value;
        foreach ((string name, Tensor value) in best?.Values ?? weights.Where(_ => false))
            targets[BestPrefix + name] = value;
        try
        {
            reader.CopyTo(targets);
            optimizer.LoadState(optimizerState);
        }
        catch
        {
            best?.Dispose();
            throw;
        }
        return (state, best);
    }

    /// <summary>Reads only the state of a checkpoint.</summary>
    /// <inheritdoc cref="Load"/>
    public static TrainState ReadState(string path)
    {
        using FileStream stream = Open(path);
        return ReadHeader(stream, path).State;
    }

    private static FileStream Open(string path) => File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read)
        : throw MLNetErrors.Mark(new FileNotFoundException($"There is no checkpoint '{path}' to resume from.", path));

    private static (SafetensorsReader Reader, TrainState State) ReadHeader(FileStream stream, string path)
    {
        var reader = new SafetensorsReader(stream, path);
        return reader.Metadata.TryGetValue(StateName, out string? json)
            ? (reader, VersionedJson.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)), path, TrainState.CurrentFormat, TrainStateJson.Default.TrainState))
            : throw new InvalidDataException($"{path} is not a checkpoint of Fuse.MLNet.");
    }
}
