namespace Fuse.MLNet;

/// <summary>Lets many threads use a module, and frees it when it was disposed and the last of them is done.</summary>
internal sealed class SharedModule(nn.Module module, string owner)
{
    private const string Advice =
        "The model was disposed. A PredictionEngine disposes the model it was made from; to keep it, pass new PredictionEngineOptions { OwnsTransformer = false }.";

    private readonly Lock _gate = new();
    private int _users;
    private bool _disposed;

    /// <summary>Uses the module.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public T Use<T>(Func<T> use)
    {
        Enter();
        try
        {
            return use();
        }
        finally
        {
            Leave();
        }
    }

    public void ThrowIfDisposed()
    {
        lock (_gate)
        {
            if (_disposed)
                throw new ObjectDisposedException(owner, Advice);
        }
    }

    /// <summary>Frees the module, now or when its last user is done.</summary>
    public void Dispose()
    {
        bool free;
        lock (_gate)
        {
            free = !_disposed && _users == 0;
            _disposed = true;
        }
        if (free)
            module.Dispose();
    }

    private void Enter()
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            _users++;
        }
    }

    private void Leave()
    {
        bool free;
        lock (_gate)
            free = --_users == 0 && _disposed;
        if (free)
            module.Dispose();
    }
}
