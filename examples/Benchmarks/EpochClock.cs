namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Times the epochs of a training run.</summary>
/// <param name="times">Gets the milliseconds of each.</param>
internal sealed class EpochClock(List<double> times) : Callback
{
    private long _start;

    public override void OnEpochStart(TrainingContext context) => _start = Stopwatches.Now;

    public override void OnEpochEnd(TrainingContext context) => times.Add(Stopwatches.Since(_start));
}
