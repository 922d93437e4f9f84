using System.Diagnostics;

namespace Fuse.MLNet;

/// <summary>Ends a run after some time, at the next batch; a resumed run has the time anew.</summary>
/// <remarks>What <see cref="TrainerOptions.MaxTime"/> adds. Lightning's <c>Timer</c>.</remarks>
/// <param name="limit">The time.</param>
public sealed class TimeLimit(TimeSpan limit) : Callback
{
    private long _start;

    /// <summary>Gets the time.</summary>
    public TimeSpan Limit { get; } = limit > TimeSpan.Zero ? limit : throw new ArgumentOutOfRangeException(nameof(limit), limit, "The time must be positive.");

    /// <inheritdoc/>
    public override void OnFitStart(TrainingContext context) => _start = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Stopwatch.GetElapsedTime(_start) >= Limit)
            context.Complete($"the time of {Limit} is over");
    }
}
