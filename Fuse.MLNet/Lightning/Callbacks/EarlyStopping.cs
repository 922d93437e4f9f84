using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Stops training when a logged value has not become better for some epochs.</summary>
/// <remarks>After Lightning's <c>EarlyStopping</c>. The monitor's <see cref="MetricMonitor.MinDelta"/> says how much better counts.</remarks>
/// <param name="monitor">The value to watch.</param>
/// <param name="patience">The number of epochs without a better value after which training stops.</param>
public sealed class EarlyStopping(MetricMonitor monitor, int patience = 3) : Callback
{
    /// <summary>Gets the value to watch.</summary>
    public MetricMonitor Monitor { get; } = monitor ?? throw new ArgumentNullException(nameof(monitor));

    /// <summary>Gets the number of epochs to wait.</summary>
    public int Patience { get; } = patience >= 1 ? patience : throw new ArgumentOutOfRangeException(nameof(patience), patience, "Patience must be at least 1.");

    /// <summary>Gets or sets a value that is good enough to stop at once, or null.</summary>
    public double? StoppingThreshold { get; init; }

    /// <summary>Gets or sets whether to stop at once when the value is NaN or infinite. Default: true.</summary>
    public bool CheckFinite { get; init; } = true;

    /// <inheritdoc/>
    public override void OnFitStart(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        // A run that had already stopped here does not go on because it is resumed.
        if (context.History.Epochs.Count > 0)
            Check(context);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Check(context);
    }

    private void Check(TrainingContext context)
    {
        IReadOnlyList<double> values = context.History.Monitored(Monitor, nameof(EarlyStopping));
        MonitorTrack track = Monitor.Follow(values);
        double last = values[^1];
        if (CheckFinite && !double.IsFinite(last))
            context.Stop(string.Create(CultureInfo.InvariantCulture, $"{Monitor.Name} is {last}"));
        else if (StoppingThreshold is { } threshold && (Monitor.Mode == MonitorMode.Min ? last <= threshold : last >= threshold))
            context.Stop(string.Create(CultureInfo.InvariantCulture, $"{Monitor.Name} has reached {threshold}"));
        else if (track.EpochsSinceBest >= Patience)
            context.Stop(string.Create(CultureInfo.InvariantCulture, $"{Monitor.Name} has not become better than {track.Best:0.######} for {Patience} epochs"));
    }
}
