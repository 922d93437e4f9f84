namespace Fuse.MLNet;

/// <summary>Writes files from which a run can be resumed: <c>last.ckpt</c> after each epoch and at the end, <c>best_epoch.ckpt</c> at each better epoch.</summary>
/// <remarks>
/// There by itself when <see cref="TrainerOptions.ModelDirectory"/> is set; FuseMedML's file names. With several monitors the others' files are
/// <c>best_epoch_&lt;monitor&gt;.ckpt</c>. Files are written whole or not at all. Give one of your own in Callbacks to change what it writes.
/// </remarks>
public sealed class ModelCheckpoint : Callback
{
    internal const string LastName = "last.ckpt";
    internal const string BestName = "best_epoch.ckpt";

    /// <summary>Gets the folder. Default: null, <see cref="TrainerOptions.ModelDirectory"/>.</summary>
    public string? Directory { get; init; }

    /// <summary>Gets whether <c>last.ckpt</c> is written. Default: true.</summary>
    public bool SaveLast { get; init; } = true;

    /// <summary>Gets whether <c>best_epoch.ckpt</c> is written. Default: true.</summary>
    public bool SaveBest { get; init; } = true;

    /// <summary>Gets the number of epochs between two files <c>epoch_&lt;n&gt;.ckpt</c> that are kept. Default: null, none.</summary>
    public int? EveryEpochs
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(EveryEpochs)} must be at least 1, or null.");
    }

    /// <summary>Gets the number of optimizer steps between two writings of <c>last.ckpt</c> within an epoch, for long epochs. Default: null, at epochs' ends only.</summary>
    public long? EverySteps
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(EverySteps)} must be at least 1, or null.");
    }

    /// <inheritdoc/>
    public override void OnFitStart(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        RunFolder.Writable(context, Directory, nameof(ModelCheckpoint), nameof(Directory));
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (EverySteps is { } steps && context.HasStepped && context.GlobalStep % steps == 0)
            Save(context, LastName);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (SaveLast)
            Save(context, LastName);
        if (EveryEpochs is { } epochs && context.EpochsDone % epochs == 0)
            Save(context, $"epoch_{context.EpochsDone}.ckpt");
        foreach ((MetricMonitor monitor, int index) in context.BestEpochSource.Select((monitor, index) => (monitor, index)))
            if (SaveBest && monitor.Follow(context.History[monitor.Name]).BestEpoch == context.EpochsDone - 1)
                Save(context, index == 0 ? BestName : $"best_epoch_{monitor.FileName}.ckpt");
    }

    internal override bool WritesFiles => true;

    /// <summary>Writes <c>last.ckpt</c> when a run ends within an epoch.</summary>
    internal void SaveLastOf(TrainingContext context)
    {
        if (SaveLast)
            Save(context, LastName);
    }

    private void Save(TrainingContext context, string name) => context.SaveCheckpoint(Path.Combine(Directory ?? context.ModelDirectory!, name));
}
