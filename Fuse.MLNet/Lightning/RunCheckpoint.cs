namespace Fuse.MLNet;

/// <summary>Puts a run's parts into a checkpoint and takes them back.</summary>
internal sealed class RunCheckpoint(LightningModule module, OptimizerStepper stepper, BestEpoch best, CallbackList callbacks)
{
    private const string ModulePrefix = "module.";
    private const string BestPrefix = "best.";
    private const string MetricPrefix = "metric.";

    /// <summary>Writes the run's state at its present position.</summary>
    public void Save(string path, TrainState state)
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
        Add(MetricPrefix, module.Logged.SaveMetrics());
        for (int i = 0; i < stepper.Optimizers.Count; i++)
            Add(OptimizerPrefix(i), stepper.Optimizers[i].Inner.SaveState());
        var texts = new OrderedDictionary<string, OrderedDictionary<string, string>>();
        foreach ((string name, CallbackState own) in callbacks.SaveStates())
        {
            Add(CallbackPrefix(name), own.Tensors);
            texts[name] = new OrderedDictionary<string, string>(own.Values);
        }
        Checkpoint.Save(path, state with { Means = ValueList.Create<RunningMean>(module.Logged.SaveMeans()), Callbacks = texts }, tensors);
    }

    /// <summary>Takes the run's tensors back.</summary>
    /// <exception cref="InvalidDataException">They do not fit this run's network or optimizers.</exception>
    /// <param name="file">The file.</param>
    /// <param name="isSameMonitor">Whether its best epoch is this run's.</param>
    /// <param name="isFirst">Whether this process takes what was logged in the unfinished epoch; of several one does.</param>
    public void Load(Checkpoint file, bool isSameMonitor, bool isFirst)
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
        if (isFirst)
            module.Logged.Restore(file.State.Means, file.Read(MetricPrefix));
        callbacks.LoadStates(file.State.Callbacks.ToDictionary(pair => pair.Key, pair => new CallbackState { Values = pair.Value, Tensors = file.Read(CallbackPrefix(pair.Key)).ToDictionary() }));
    }

    private static string OptimizerPrefix(int index) => $"optimizer.{index}.";

    private static string CallbackPrefix(string name) => $"callback.{name}.";
}
