namespace Fuse.MLNet;

/// <summary>Makes the callbacks that a run has by itself.</summary>
internal static class DefaultCallbacks
{
    public static IEnumerable<Callback> Of(TrainerOptions options)
    {
        yield return new SanityCheck();
        yield return new NaNGuard();
        if (options.MaxTime is { } time)
            yield return new TimeLimit(time);
        if (options.ModelDirectory is null)
            yield break;
        yield return new ModelEpochSummary();
        yield return new ModelCheckpoint();
    }
}
