namespace Fuse.MLNet;

/// <summary>Puts a run's parts into a checkpoint and takes them back.</summary>
internal sealed class RunCheckpoint(LightningModule module, OptimizerStepper stepper, BestEpoch best, CallbackList callbacks)
{
    private const string ModulePrefix = "module.";
    private const string BestPrefix = "best.";
    private const string MetricPrefix = "metric.";

    /// <summary>Writes the run's state at its present position.</summary>
    /// <param name="path">The file.</param>
    /// <param name="state">What is not in its parts.</param>
    /// <param name="others">What the other processes logged in the unfinished epoch.</param>
    /// <param name="isEpochRead">Whether the epoch has no more training rows: no batch would come then that a resumed run knows the metrics by, so their values are kept.</param>
    public void Save(string path, TrainState state, IReadOnlyList<LoggedPart> others, bool isEpochRead)
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        void Add(string prefix, IEnumerable<KeyValuePair<string, Tensor>> values)
        {
            foreach ((string name, Tensor value) in values)
                tensors[prefix + name] = value;
        }
        Add(ModulePrefix, module.state_dict());
        if (best.Weights is { } weights)
            Add(BestPrefix, weights.Values);
        foreach ((int rank, LoggedPart part) in isEpochRead ? [] : others.Prepend(module.Logged.Part()).Index())
            Add(MetricsOf(rank), part.Rows);
        for (int i = 0; i < stepper.Optimizers.Count; i++)
            Add(OptimizerPrefix(i), stepper.Optimizers[i].Inner.SaveState());
        var texts = new OrderedDictionary<string, OrderedDictionary<string, string>>();
        foreach ((string name, CallbackState own) in callbacks.SaveStates())
        {
            Add(CallbackPrefix(name), own.Tensors);
            texts[name] = new OrderedDictionary<string, string>(own.Values);
        }
        Checkpoint.Save(path, state with
        {
            Means = ValueList.Create<RunningMean>(isEpochRead ? module.Logged.MeansWithMetrics(others) : module.Logged.SaveMeans()),
            MeansOfOthers = ValueList.Create<ProcessMeans>([.. others.Select(other => new ProcessMeans(ValueList.Create<RunningMean>([.. other.Means])))]),
            Callbacks = texts,
        }, tensors);
    }

    /// <summary>Takes the run's tensors back.</summary>
    /// <exception cref="InvalidDataException">They do not fit this run's network or optimizers.</exception>
    /// <param name="file">The file.</param>
    /// <param name="isSameMonitor">Whether its best epoch is this run's.</param>
    /// <param name="parts">The processes that wrote the file whose part of the unfinished epoch's log this one takes.</param>
    public void Load(Checkpoint file, bool isSameMonitor, IEnumerable<int> parts)
    {
        using var scope = NewDisposeScope();
        file.CopyTo(module.state_dict(), ModulePrefix);
        if (isSameMonitor && file.Has(BestPrefix))
        {
            var weights = ModuleState.Capture(module);
            best.Resume(weights, 0);
            file.CopyTo(weights.Values, BestPrefix);
        }
        else
        {
            best.Resume(null, isSameMonitor ? 0 : file.State.History.Epochs.Count);
        }
        for (int i = 0; i < stepper.Optimizers.Count; i++)
            stepper.Optimizers[i].Inner.LoadState(file.Read(OptimizerPrefix(i)));
        module.Logged.Clear();
        foreach (int rank in parts)
            module.Logged.Resume(new(rank == 0 ? file.State.Means : file.State.MeansOfOthers[rank - 1].Means, file.Read(MetricsOf(rank))));
        callbacks.LoadStates(file.State.Callbacks.ToDictionary(pair => pair.Key, pair => new CallbackState { Values = pair.Value, Tensors = file.Read(CallbackPrefix(pair.Key)).ToDictionary() }));
    }

    private static string MetricsOf(int rank) => rank == 0 ? MetricPrefix : $"rank.{rank}.{MetricPrefix}";

    private static string OptimizerPrefix(int index) => $"optimizer.{index}.";

    private static string CallbackPrefix(string name) => $"callback.{name}.";
}
