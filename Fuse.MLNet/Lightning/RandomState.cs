namespace Fuse.MLNet;

/// <summary>Shares libtorch's random state, which is one for the process, between runs, loads and the program around them.</summary>
/// <remarks>
/// Everything here sets a seed before it draws, and holds the state only while it draws: a training run holds it for one step at a time, so
/// that models can be loaded and other runs go on meanwhile. When the last run has ended, the program has its own CPU state back; generators of GPUs,
/// whose state cannot be read, stay as they were seeded last.
/// </remarks>
internal static class RandomState
{
    private static readonly Lock Gate = new();
    private static int _runs;
    private static Tensor? _saved;

    /// <summary>Starts a run; disposing what is returned ends it.</summary>
    public static IDisposable BeginRun()
    {
        lock (Gate)
        {
            if (_runs++ == 0)
                _saved = random.get_rng_state().DetachFromDisposeScope();
        }
        return new Ending(EndRun);
    }

    /// <summary>Takes the random state, seeded, until what is returned is disposed; within a run.</summary>
    public static Lock.Scope Hold(long seed)
    {
        Lock.Scope held = Gate.EnterScope();
        // Of the CPU's generator alone, unlike Python's. What is returned is a handle, and would be left to the garbage collector in each step.
        random.manual_seed(seed).Dispose();
        cuda.manual_seed_all(seed);
        return held;
    }

    /// <summary>Takes the random state to build something whose weights will be replaced, and puts it back as it was.</summary>
    public static IDisposable Borrow()
    {
        Gate.Enter();
        Tensor saved = random.get_rng_state().DetachFromDisposeScope();
        return new Ending(() =>
        {
            PutBack(saved);
            Gate.Exit();
        });
    }

    private static void EndRun()
    {
        lock (Gate)
        {
            if (--_runs > 0)
                return;
            PutBack(_saved!);
            _saved = null;
        }
    }

    private static void PutBack(Tensor state)
    {
        random.set_rng_state(state);
        state.Dispose();
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
