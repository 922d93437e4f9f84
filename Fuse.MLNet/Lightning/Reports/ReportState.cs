namespace Fuse.MLNet;

/// <summary>Holds what a report shows of a run.</summary>
internal sealed record ReportState
{
    public required History History { get; init; }

    /// <summary>Gets what became of the run, in a few words.</summary>
    public required string Status { get; init; }

    public required bool IsRunning { get; init; }

    public required int MaxEpochs { get; init; }

    public required long Steps { get; init; }

    public required TimeSpan Time { get; init; }

    public required long Parameters { get; init; }

    /// <summary>Gets the learning rate at the end of each epoch.</summary>
    public required IReadOnlyList<double> LearningRates { get; init; }

    /// <summary>Gets the monitor that decides the best epoch, or null.</summary>
    public MetricMonitor? Monitor { get; init; }

    /// <summary>Gets the epoch whose weights are kept, or null before there is one.</summary>
    public int? KeptEpoch { get; init; }

    /// <summary>Gets the validation rows of each output.</summary>
    public IReadOnlyList<ReportRows> Rows { get; init; } = [];

    /// <summary>Gets the epoch in which they were predicted.</summary>
    public int? RowsEpoch { get; init; }
}
