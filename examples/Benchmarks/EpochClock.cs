namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Times the epochs of a training run.</summary>
/// <param name="times">Gets the milliseconds of each, by the clock and of all processors.</param>
internal sealed class EpochClock(List<(double Elapsed, double Processor)> times) : Callback
{
    private long _start;
    private TimeSpan _processor;

    public override void OnEpochStart(TrainingContext context) => (_start, _processor) = (Stopwatches.Now, Environment.CpuUsage.TotalTime);

    public override void OnEpochEnd(TrainingContext context) => times.Add((Stopwatches.Since(_start), (Environment.CpuUsage.TotalTime - _processor).TotalMilliseconds));
}
