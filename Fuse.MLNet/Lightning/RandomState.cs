namespace Fuse.MLNet;

/// <summary>
/// Owns libtorch's random state, which is one for the process, while a run needs it: other runs wait, and the state is put back at the end.
/// </summary>
internal sealed class RandomState : IDisposable
{
    private static readonly Lock Gate = new();
    private readonly Tensor _saved;

    private RandomState()
    {
        using var noScope = NewDisposeScope();
        _saved = random.get_rng_state().DetachFromDisposeScope();
    }

    public static RandomState Own()
    {
        Gate.Enter();
        try
        {
            return new RandomState();
        }
        catch
        {
            Gate.Exit();
            throw;
        }
    }

    public void Dispose()
    {
        random.set_rng_state(_saved);
        _saved.Dispose();
        Gate.Exit();
    }
}
