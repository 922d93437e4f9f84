namespace Fuse.MLNet;

/// <summary>Is memory for the rows of one streamed batch, filled by the thread that reads them and used again and again.</summary>
internal sealed class BatchBuffer
{
    private const int FirstRows = 64;
    private readonly IReadOnlyList<ColumnBinding> _bindings;
    private readonly byte[][] _columns;
    private readonly int _mostRows;
    private string[]? _ids;
    private long[] _indices = [];
    private Dictionary<string, (long Low, long High)> _ranges = [];

    /// <summary>Makes an empty buffer, which grows to the rows of a batch.</summary>
    /// <param name="source">Where the rows come from.</param>
    /// <param name="mostRows">The most rows of a batch.</param>
    public BatchBuffer(RowSource source, int mostRows)
    {
        _mostRows = mostRows;
        _bindings = source.Bindings;
        _columns = [.. _bindings.Select(_ => Array.Empty<byte>())];
        _ids = source.SampleId is null ? null : [];
    }

    /// <summary>Gets the number of rows in it.</summary>
    public int Count { get; private set; }

    /// <summary>Gets whether it is the last batch of its pass.</summary>
    public bool IsLast { get; private set; }

    /// <summary>Gets the rows' indices in the source.</summary>
    public ReadOnlySpan<long> Indices => _indices.AsSpan(0, Count);

    /// <summary>Empties it.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds the row that a cursor stands on.</summary>
    /// <exception cref="InvalidOperationException">The batch has more than 2 GB in a column.</exception>
    public void Add(RowCursor row)
    {
        Grow();
        for (int i = 0; i < _columns.Length; i++)
            row.Read(i, Row(i, Count));
        Add(_ids is null ? null : row.ReadId(), row.Index);
    }

    /// <summary>Adds a copy of a row that is kept in memory.</summary>
    /// <exception cref="InvalidOperationException">The batch has more than 2 GB in a column.</exception>
    public void Add(StagedRows rows, int row, long index)
    {
        Grow();
        for (int i = 0; i < _columns.Length; i++)
            rows.Column(i).Row(row).CopyTo(Row(i, Count));
        Add(rows.Id(row), index);
    }

    /// <summary>Moves the row behind the first ones, if there is one, to the start of another buffer, or of this one.</summary>
    public void MoveRest(int first, BatchBuffer next)
    {
        int rest = Count - first;
        if (rest > 0)
            next.Grow();
        for (int i = 0; i < _columns.Length; i++)
            _columns[i].AsSpan(first * _bindings[i].RowBytes, rest * _bindings[i].RowBytes).CopyTo(next._columns[i]);
        _ids?.AsSpan(first, rest).CopyTo(next._ids);
        _indices.AsSpan(first, rest).CopyTo(next._indices);
        Count = first;
        next.Count = rest;
    }

    /// <summary>Ends the filling with the first rows of those in it.</summary>
    public void Complete(int count, bool isLast)
    {
        (Count, IsLast) = (count, isLast);
        for (int i = 0; i < _columns.Length; i++)
            if (_bindings[i].HasRange)
                SetRange(_bindings[i].Key, ColumnBinding.Widen(null, _columns[i].AsSpan(0, Count * _bindings[i].RowBytes)));
    }

    /// <summary>Keeps some of the rows: the first one, how far it is to the next, and how many there are.</summary>
    public void Keep((int First, int Step, int Count) share)
    {
        for (int to = 0; to < share.Count && share.Step > 1; to++)
        {
            int from = share.First + (to * share.Step);
            for (int i = 0; i < _columns.Length; i++)
                Row(i, from).CopyTo(Row(i, to));
            if (_ids is not null)
                _ids[to] = _ids[from];
            _indices[to] = _indices[from];
        }
        Count = share.Count;
    }

    /// <summary>Makes the batch on a device; its tensors belong to the current dispose scope, and share no memory with the buffer.</summary>
    public BatchDict ToBatch(Device device)
    {
        var batch = new BatchDict { RowCount = Count };
        for (int i = 0; i < _columns.Length; i++)
        {
            Tensor stored = TensorBatch.Allocate(_bindings[i], Count);
            _columns[i].AsSpan(0, Count * _bindings[i].RowBytes).CopyTo(stored.bytes);
            batch[_bindings[i].Key] = TensorBatch.Finish(_bindings[i], stored, device);
        }
        if (_ids is not null)
            batch.Set(BatchKeys.SampleId, _ids[..Count]);
        batch.KnownRanges = _ranges;
        return batch;
    }

    private void Add(string? id, long index)
    {
        if (_ids is not null)
            _ids[Count] = id!;
        _indices[Count++] = index;
    }

    private void Grow()
    {
        if (Count < _indices.Length)
            return;
        int rows = Math.Max(Count + 1, (int)Math.Min(Math.Max(FirstRows, Count * 2L), _mostRows));
        for (int i = 0; i < _columns.Length; i++)
        {
            TensorBatch.Check(_bindings[i], Count + 1);
            byte[] grown = GC.AllocateUninitializedArray<byte>((int)Math.Min(rows * (long)_bindings[i].RowBytes, Array.MaxLength));
            _columns[i].CopyTo(grown, 0);
            _columns[i] = grown;
        }
        if (_ids is not null)
            Array.Resize(ref _ids, rows);
        Array.Resize(ref _indices, rows);
    }

    private void SetRange(string key, (long Low, long High)? range)
    {
        // An earlier batch may still have the dictionary; most have the same ranges.
        if (range is { } known && (!_ranges.TryGetValue(key, out (long, long) before) || before != known))
            _ranges = new(_ranges) { [key] = known };
    }

    private Span<byte> Row(int column, int row) => _columns[column].AsSpan(row * _bindings[column].RowBytes, _bindings[column].RowBytes);
}
