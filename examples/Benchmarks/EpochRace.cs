namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Times the epochs of a training run, and a peer's epoch after each, until the ratio of the two is known well enough.</summary>
/// <param name="peer">Trains the peer's network for an epoch.</param>
/// <param name="timings">Gets the times.</param>
internal sealed class EpochRace(Action peer, Timings timings) : Callback
{
    // The first epochs compile what both sides run.
    private const int WarmUp = 2;
    private long _start;

    public override void OnEpochStart(TrainingContext context)
    {
        Stopwatches.Collect();
        Accelerator.Wait();
        _start = Stopwatches.Now;
    }

    public override void OnEpochEnd(TrainingContext context)
    {
        Accelerator.Wait();
        double ours = Stopwatches.Since(_start);
        double theirs = Stopwatches.Time(peer);
        if (context.EpochsDone > WarmUp)
            timings.Add(ours, theirs);
        if (timings.IsEnough)
            context.Complete("the ratio is known");
    }
}
