namespace Fuse.MLNet;

/// <summary>Names a file of weights, such as a network trained in Python, and how its names fit those of the network here.</summary>
/// <remarks>
/// The file is safetensors, <c>safetensors.torch.save_file(model.state_dict(), "weights.safetensors")</c> in Python, or what <c>torch.save(model.state_dict(), "weights.pt")</c> writes
/// since PyTorch 1.6; its first bytes tell which, not its name. A state dict under <c>state_dict</c>, <c>model_state_dict</c> or <c>model</c>, in this order, comes before the tensors beside it.
/// Set as <c>TrainingOptions.InitialWeights</c>, or call <see cref="LoadInto(nn.Module)"/>. Weights are copied where name and shape are equal; floating-point types are converted, and nothing
/// is broadcast or reshaped. Reading runs no code of the file: a PyTorch file that names anything but the parts of state dicts is refused. The values take no more memory than the file has bytes.
/// </remarks>
public sealed record WeightsFile
{
    /// <summary>Names a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public WeightsFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = path;
    }

    /// <summary>Gets the path.</summary>
    public string Path { get; }

    /// <summary>Gets how names of the file begin and what stands there in the network: <c>[new("", "backbone.")]</c>. The first that fits a name counts. Default: none.</summary>
    public ValueList<KeyValuePair<string, string>> PrefixMap { get; init; } = [];

    /// <summary>Gets how names of the file begin that are not read, such as <c>["fc."]</c>. Default: none.</summary>
    public ValueList<string> Skip { get; init; } = [];

    /// <summary>Gets how names of the network begin that are filled, such as <c>["backbone."]</c>; the others keep their values. Default: none, all.</summary>
    public ValueList<string> Only { get; init; } = [];

    /// <summary>Gets whether a missing, unexpected or mismatched name is an error, not a warning. Default: true.</summary>
    public bool Strict { get; init; } = true;

    /// <summary>Copies the file's values into a module's parameters and buffers, in place.</summary>
    /// <param name="module">The module.</param>
    /// <returns>Which names were loaded, and which were not.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not valid, fits nowhere, or, with <see cref="Strict"/>, not in every name; nothing was copied then.</exception>
    public WeightsReport LoadInto(nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return LoadInto(module.state_dict());
    }

    /// <summary>Throws when the file is not there.</summary>
    internal void CheckExists()
    {
        if (!File.Exists(Path))
            throw MLNetErrors.Mark(new FileNotFoundException($"The weights file '{Path}' is not there; its full path is '{System.IO.Path.GetFullPath(Path)}'.", Path));
    }

    /// <summary>Copies the file's values into tensors by name.</summary>
    internal WeightsReport LoadInto(IReadOnlyDictionary<string, Tensor> network)
    {
        CheckExists();
        foreach (string prefix in Only)
            if (!network.Keys.Any(name => name.StartsWith(prefix, StringComparison.Ordinal)))
                throw MLNetErrors.Mark(new InvalidDataException($"No weight of the network begins with '{prefix}', of {nameof(Only)}. {ClosestName.Hint(prefix, network.Keys.Select(name => name.Split('.')[0] + "."))}"));
        using FileStream stream = File.OpenRead(Path);
        IWeightsReader reader = TorchFileReader.CanRead(stream, $"'{Path}'") ? new TorchFileReader(stream, $"'{Path}'") : new SafetensorsReader(stream, $"'{Path}'");
        IReadOnlyDictionary<string, StoredTensor> stored = reader.Tensors;
        Dictionary<string, string> fileNames = FileNames(stored.Keys);
        Dictionary<string, Tensor> wanted = network.Where(pair => Only.Count == 0 || Only.Any(prefix => pair.Key.StartsWith(prefix, StringComparison.Ordinal))).ToDictionary();
        var report = new WeightsReport
        {
            Path = Path,
            Loaded = [.. wanted.Where(pair => fileNames.TryGetValue(pair.Key, out string? name) && Fits(stored[name], pair.Value)).Select(pair => pair.Key)],
            Missing = [.. wanted.Keys.Where(name => !fileNames.ContainsKey(name))],
            Unexpected = [.. fileNames.Where(pair => !network.ContainsKey(pair.Key)).Select(pair => pair.Value)],
            Mismatched = [.. wanted.Where(pair => fileNames.TryGetValue(pair.Key, out string? name) && !Fits(stored[name], pair.Value))
                .Select(pair => $"{pair.Key} ({stored[fileNames[pair.Key]]} in the file, {pair.Value.dtype} {BatchFeatures.Shape(pair.Value)} in the network)")],
        };
        if (report.Loaded.Count == 0 || (Strict && !report.IsComplete))
            throw MLNetErrors.Mark(new InvalidDataException($"{report} {Advice(report)}"));
        reader.CopyTo(report.Loaded.Select(name => KeyValuePair.Create(fileNames[name], wanted[name])));
        return report;
    }

    private static bool Fits(StoredTensor entry, Tensor target) => target.shape.AsSpan().SequenceEqual(entry.Shape)
        && (entry.DType == target.dtype || (is_floating_point(entry.DType) && target.is_floating_point()));

    private static string Advice(WeightsReport report) => report.Loaded.Count == 0
        ? $"No name fits: {nameof(PrefixMap)} says how names of the file begin here."
        : $"Rename by {nameof(PrefixMap)}, leave names out by {nameof(Skip)} and {nameof(Only)}, or set {nameof(Strict)} to false.";

    /// <summary>Gets the file's names by those they have in the network.</summary>
    private Dictionary<string, string> FileNames(IEnumerable<string> stored)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in stored.Where(name => !Skip.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))))
        {
            KeyValuePair<string, string> rule = PrefixMap.FirstOrDefault(rule => name.StartsWith(rule.Key, StringComparison.Ordinal));
            string renamed = rule.Key is null ? name : rule.Value + name[rule.Key.Length..];
            if (!names.TryAdd(renamed, name))
                throw MLNetErrors.Mark(new InvalidDataException($"'{names[renamed]}' and '{name}' of '{Path}' both become '{renamed}' by {nameof(PrefixMap)}."));
        }
        return names;
    }
}
