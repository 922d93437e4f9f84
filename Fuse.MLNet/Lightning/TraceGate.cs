namespace Fuse.MLNet;

/// <summary>Lets training steps run side by side, but none while the operations of a network are written down.</summary>
/// <remarks>
/// libtorch's observer looks an operation of backward up under the thread that ran forward, and reads what is not there when it saw that thread never: it must not be turned on
/// within a step. Scoring has no backward and need not wait.
/// </remarks>
internal static class TraceGate
{
    private static readonly ReaderWriterLockSlim Gate = new(LockRecursionPolicy.SupportsRecursion);

    /// <summary>Begins a training step, which disposing what is returned ends.</summary>
    public static Step EnterStep()
    {
        Gate.EnterReadLock();
        return default;
    }

    /// <summary>Waits for the steps that run, and keeps others back until what is returned is disposed.</summary>
    public static Trace EnterTrace()
    {
        // A callback may trace within its own step.
        bool waits = !Gate.IsReadLockHeld;
        if (waits)
            Gate.EnterWriteLock();
        return new Trace(waits);
    }

    public readonly struct Step : IDisposable
    {
        public void Dispose() => Gate.ExitReadLock();
    }

    public readonly struct Trace(bool holds) : IDisposable
    {
        public void Dispose()
        {
            if (holds)
                Gate.ExitWriteLock();
        }
    }
}
