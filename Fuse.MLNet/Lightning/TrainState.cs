namespace Fuse.MLNet;

/// <summary>Holds all of a run's state but its tensors; saved as JSON in a checkpoint.</summary>
internal sealed record TrainState
{
    /// <summary>The version of the checkpoint format that this library writes; it reads this one and older ones.</summary>
    public const int CurrentFormat = 2;

    public int FormatVersion { get; init; } = CurrentFormat;

    public required string FuseVersion { get; init; }

    public required long Seed { get; init; }

    /// <summary>Gets the number of training rows, to notice that a run is resumed with other data; null while it was not known.</summary>
    public required long? RowCount { get; init; }

    /// <summary>Gets the number of rows among which streamed rows were shuffled, or null when they were kept in memory.</summary>
    public int? ShuffleBufferRows { get; init; }

    public required int BatchSize { get; init; }

    /// <summary>Gets the number of processes that trained together, each on batches of that size; null in files from before there could be several.</summary>
    public int? Processes { get; init; }

    /// <summary>Gets the monitor that the weights of the best epoch belong to.</summary>
    public MetricMonitor? Monitor { get; init; }

    /// <summary>Gets the optimizers and their options, as text.</summary>
    public required string Optimizer { get; init; }

    public required RunPosition Position { get; init; }

    public required History History { get; init; }

    /// <summary>Gets the means of the unfinished epoch.</summary>
    public required ValueList<RunningMean> Means { get; init; }

    /// <summary>Gets the means of the unfinished epoch in the other processes, from the second one on; none in files from before they were kept.</summary>
    public ValueList<ProcessMeans> MeansOfOthers { get; init; } = [];

    /// <summary>Gets the texts of the callbacks' states.</summary>
    public required OrderedDictionary<string, OrderedDictionary<string, string>> Callbacks { get; init; }

    /// <summary>Refuses what no run can have written.</summary>
    /// <exception cref="InvalidDataException">A number is impossible.</exception>
    public void Check(string path)
    {
        if (Position.Epoch < 0 || Position.Batch < 0 || Position.TrainingStep < 0 || Position.GlobalStep < 0 || BatchSize < 1 || Processes < 1 || RowCount < 0 || ShuffleBufferRows < 1
            || (MeansOfOthers.Count > 0 && MeansOfOthers.Count != Processes - 1))
            throw new InvalidDataException($"{path} is not valid: it stands at {Position} of {RowCount} rows in batches of {BatchSize}, which no run does.");
        if (Callbacks.Values.Any(state => state is null || state.ContainsValue(null!)))
            throw new InvalidDataException($"{path} is not valid: the state of a callback is null in it.");
        if (Means.Concat(MeansOfOthers.SelectMany(process => process.Means)).FirstOrDefault(mean => !Enum.IsDefined(mean.Kind) || (mean.Kind == LogKind.Loss && !mean.Name.Contains(".losses.", StringComparison.Ordinal))) is { } wrong)
            throw new InvalidDataException($"{path} is not valid: it has a mean of '{Excerpt.Of(wrong.Name)}', which is no loss's name.");
    }
}
