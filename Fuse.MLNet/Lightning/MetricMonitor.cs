namespace Fuse.MLNet;

/// <summary>Names a logged value to watch, such as <c>validation.losses.total_loss</c>, and whether small or large is good.</summary>
/// <param name="Name">The logged name.</param>
/// <param name="Mode">Which values are better. Default: smaller ones.</param>
public sealed record MetricMonitor(string Name, MonitorMode Mode = MonitorMode.Min)
{
    /// <summary>Tells whether a value is better than the best so far; NaN never is, and any number is better than none.</summary>
    internal bool IsBetter(double value, double? best) =>
        !double.IsNaN(value) && (best is not { } known || double.IsNaN(known) || (Mode == MonitorMode.Min ? value < known : value > known));
}
