using System.Runtime.ExceptionServices;

namespace Fuse.MLNet;

/// <summary>Hands batch buffers between the thread that reads rows into them and the one that trains on them.</summary>
internal sealed class BatchExchange
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);
    private readonly object _gate = new();
    private readonly Queue<BatchBuffer> _free;
    private readonly Queue<BatchBuffer> _filled = new();
    private readonly int _several;
    private volatile bool _isStopped;
    private bool _isEnded;
    private bool _isPaused;
    private bool _isNeeded;
    private bool _isServing;
    private ExceptionDispatchInfo? _error;

    /// <summary>Begins with buffers that wait to be filled.</summary>
    public BatchExchange(IEnumerable<BatchBuffer> buffers)
    {
        _free = new(buffers);
        _several = Math.Max(1, _free.Count / 2);
    }

    /// <summary>For the reading thread: waits for an empty buffer; null when no more are wanted.</summary>
    public BatchBuffer? TakeFree()
    {
        lock (_gate)
        {
            while (_free.Count == 0 && !_isStopped)
                Monitor.Wait(_gate);
            if (_isStopped)
                return null;
            BatchBuffer buffer = _free.Dequeue();
            buffer.Clear();
            return buffer;
        }
    }

    /// <summary>For the reading thread: hands a filled buffer over.</summary>
    public void Give(BatchBuffer filled)
    {
        lock (_gate)
        {
            _filled.Enqueue(filled);
            if (_filled.Count >= _several)
                Monitor.PulseAll(_gate);
        }
    }

    /// <summary>For the reading thread: says that no more buffers come, because all rows were read or because of an error.</summary>
    public void End(Exception? error)
    {
        lock (_gate)
        {
            _error = error is null ? null : ExceptionDispatchInfo.Capture(error);
            _isEnded = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>For the reading thread: tells whether it is to read on; when the run was cancelled, once a batch is needed all the same.</summary>
    public bool GoesOn(bool isCancelled)
    {
        if (!isCancelled)
            return !_isStopped;
        lock (_gate)
        {
            _isPaused = true;
            Monitor.PulseAll(_gate);
            while (!_isNeeded && !_isStopped)
                Monitor.Wait(_gate);
            _isPaused = false;
            return !_isStopped;
        }
    }

    /// <summary>Waits a moment for a filled buffer, or for the end; returns whether there is one.</summary>
    /// <param name="isNeeded">Whether it is needed although the run may be cancelled.</param>
    public bool Wait(bool isNeeded)
    {
        lock (_gate)
        {
            if (_isNeeded != isNeeded)
            {
                _isNeeded = isNeeded;
                Monitor.PulseAll(_gate);
            }
            return IsReady(mayWait: isNeeded || !_isPaused);
        }
    }

    /// <summary>Takes the next filled buffer, or null when all were taken; the error that ended the reading comes after the buffers before it.</summary>
    public BatchBuffer? Take()
    {
        lock (_gate)
        {
            while (!IsReady(mayWait: true))
            {
            }
            if (_filled.TryDequeue(out BatchBuffer? filled))
                return filled;
            _error?.Throw();
            return null;
        }
    }

    /// <summary>Gives a buffer back, to be filled again.</summary>
    public void GiveBack(BatchBuffer taken)
    {
        lock (_gate)
        {
            _free.Enqueue(taken);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Lets the reading thread end.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    // When none was left, several are waited for, though not for long: threads that wake each other for every batch leave their cores idle for a moment each time.
    private bool IsReady(bool mayWait)
    {
        _isServing &= _filled.Count > 0;
        if (!_isServing && _filled.Count < _several && !_isEnded && mayWait)
            Monitor.Wait(_gate, Moment);
        _isServing |= _filled.Count > 0;
        return _isServing || _isEnded;
    }
}
