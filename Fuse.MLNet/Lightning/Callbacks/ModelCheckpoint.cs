namespace Fuse.MLNet;

/// <summary>Writes files from which a run can be resumed: <c>last.ckpt</c> after each epoch and at the end, <c>best_epoch.ckpt</c> at each better epoch.</summary>
/// <remarks>There by itself when <see cref="TrainerOptions.ModelDirectory"/> is set; FuseMedML's file names. Files are written whole or not at all.</remarks>
public sealed class ModelCheckpoint : Callback
{
    internal const string LastName = "last.ckpt";
    internal const string BestName = "best_epoch.ckpt";

    private readonly MetricMonitor? _monitor;

    internal ModelCheckpoint(MetricMonitor? monitor) => _monitor = monitor;

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.SaveCheckpoint(Path.Combine(context.ModelDirectory!, LastName));
        if (_monitor is not null && _monitor.Follow(context.History[_monitor.Name]).BestEpoch == context.EpochsDone - 1)
            context.SaveCheckpoint(Path.Combine(context.ModelDirectory!, BestName));
    }
}
