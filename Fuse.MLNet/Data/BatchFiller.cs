namespace Fuse.MLNet;

/// <summary>Reads the rows of one pass, on a thread of its own, into batches.</summary>
internal sealed class BatchFiller
{
    private readonly StreamedPass _pass;
    private readonly BatchExchange _exchange;
    private readonly Func<int, bool> _visit;
    private BatchBuffer? _current;
    private int _batches;
    private bool _hasEnded;
    private RowCursor? _cursor;

    public BatchFiller(StreamedPass pass, BatchExchange exchange)
    {
        _pass = pass;
        _exchange = exchange;
        _visit = slot =>
        {
            if (!MakeRoom())
                return false;
            _current!.Add(_pass.Shuffle!.Rows, slot, _pass.Shuffle.Index(slot));
            return true;
        };
    }

    /// <summary>Reads until the rows end or no more are wanted; an error goes to the thread that takes the batches.</summary>
    public void Run()
    {
        try
        {
            Read();
            _exchange.End(null);
        }
        catch (Exception error)
        {
            _exchange.End(error);
        }
    }

    private void Read()
    {
        using RowCursor cursor = _pass.Source.Open();
        _cursor = cursor;
        bool goesOn;
        while ((goesOn = _exchange.GoesOn(IsCancelled())) && cursor.MoveNext())
            if (cursor.Part == _pass.Part && !Add(cursor))
                break;
        // A pass that ends early, after its number of batches, has handed over its last batch.
        _pass.Warnings = cursor.Warnings(_pass.Part);
        if (goesOn && !_hasEnded && _pass.Shuffle?.Drain(_visit) != false && _current?.Count > 0)
            EndBatch(_current, _current.Count, isLast: true);
    }

    private bool IsCancelled()
    {
        try
        {
            _pass.CheckAlive();
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private bool Add(RowCursor row)
    {
        if (_pass.Shuffle is { } shuffle)
            return shuffle.Add(row, _visit);
        if (!MakeRoom())
            return false;
        if (_pass.Keep is not { } kept)
        {
            _current!.Add(row);
            return true;
        }
        kept.Add(row);
        _current!.Add(kept, kept.Count - 1, row.Index);
        if (kept.Bytes > _pass.KeptBytes)
            _pass.Keep = null;
        return true;
    }

    /// <summary>Makes room for one more row. A full batch is handed over only then, when it is known whether it is the last.</summary>
    /// <returns>Whether more rows are wanted.</returns>
    private bool MakeRoom()
    {
        _current ??= _exchange.TakeFree();
        if (_current is null || _current.Count < _pass.BufferRows)
            return _current is not null;
        if (_batches + 1 == _pass.MaxBatches)
        {
            EndBatch(_current, _pass.BatchSize, isLast: true);
            return false;
        }
        BatchBuffer? next = _batches < _pass.FirstBatch ? _current : _exchange.TakeFree();
        if (next is null)
            return false;
        _current.MoveRest(_pass.BatchSize, next);
        EndBatch(_current, _pass.BatchSize, isLast: false);
        _current = next;
        return true;
    }

    private void EndBatch(BatchBuffer batch, int count, bool isLast)
    {
        _pass.Rows += count;
        _hasEnded = isLast;
        if (_batches++ < _pass.FirstBatch)
            return;
        if (isLast)
            _pass.Warnings = _cursor!.Warnings(_pass.Part);
        batch.Complete(count, isLast);
        _exchange.Give(batch);
    }
}
