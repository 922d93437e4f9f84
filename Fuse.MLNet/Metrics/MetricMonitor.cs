namespace Fuse.MLNet;

/// <summary>Names a logged value to watch, such as <c>validation.losses.total_loss</c>, and says which values are better.</summary>
/// <remarks>
/// One rule serves the best epoch, early stopping and plateau schedules. It is a pure function of the History, so resuming a run needs no
/// state of it.
/// </remarks>
/// <param name="Name">The logged name.</param>
/// <param name="Mode">Which values are better. Default: smaller ones.</param>
/// <param name="MinDelta">How much better than the best so far a value must be to count. Default: 0, any bit.</param>
public sealed record MetricMonitor(string Name, MonitorMode Mode = MonitorMode.Min, double MinDelta = 0)
{
    /// <summary>Follows a series of values. NaN is never better, and any number is better than none.</summary>
    /// <param name="values">The values, one an epoch.</param>
    public MonitorTrack Follow(IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var track = new MonitorTrack(null, null, 0);
        int epoch = 0;
        foreach (double value in values)
        {
            track = IsBetter(value, track.Best) ? new MonitorTrack(value, epoch, 0) : track with { EpochsSinceBest = track.EpochsSinceBest + 1 };
            epoch++;
        }
        return track;
    }

    /// <summary>Gets the name as a part of a file's name.</summary>
    internal string FileName => string.Concat(Name.Select(letter => char.IsLetterOrDigit(letter) || letter is '.' or '_' or '-' ? letter : '_'));

    /// <summary>Tells whether a value is better than the best so far.</summary>
    internal bool IsBetter(double value, double? best) => !double.IsNaN(value)
        && (best is not { } known || (Mode == MonitorMode.Min ? value < known - MinDelta : value > known + MinDelta));
}
