namespace Fuse.MLNet;

/// <summary>Keeps rows of bound columns in memory; batches are gathered from them in any order.</summary>
internal sealed class StagedRows
{
    private const int TargetChunkBytes = 1 << 18;
    private const int IdOverhead = 32;
    private readonly StagedColumn[] _columns;
    private readonly int _rowsPerChunk;
    private readonly long _rowBytes;
    private readonly List<string[]>? _ids;
    private Dictionary<string, (long Low, long High)> _ranges = [];

    /// <summary>Makes room for rows of a source.</summary>
    public StagedRows(RowSource source)
    {
        _rowBytes = source.RowBytes;
        _rowsPerChunk = (int)Math.Clamp(TargetChunkBytes / Math.Max(1, _rowBytes), 1, TargetChunkBytes);
        _columns = [.. source.Bindings.Select(binding => new StagedColumn(binding, _rowsPerChunk))];
        _ids = source.SampleId is null ? null : [];
    }

    /// <summary>Gets the number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the number of bytes that the rows take.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds the row that a cursor stands on.</summary>
    public void Add(RowCursor row)
    {
        for (int i = 0; i < _columns.Length; i++)
            row.Read(i, _columns[i].Add());
        Bytes += _rowBytes;
        if (_ids is not null)
            AddId(row.ReadId());
        Count = checked(Count + 1);
    }

    /// <summary>Puts the row that a cursor stands on in place of another.</summary>
    public void Replace(int row, RowCursor by)
    {
        for (int i = 0; i < _columns.Length; i++)
            by.Read(i, _columns[i].Row(row));
        if (_ids is not null)
            _ids[row / _rowsPerChunk][row % _rowsPerChunk] = by.ReadId();
    }

    /// <summary>Ends the adding of rows.</summary>
    public void Complete()
    {
        foreach (StagedColumn column in _columns)
            column.Trim();
        _ranges = _columns.Where(column => column.Range is not null).ToDictionary(column => column.Binding.Key, column => column.Range!.Value);
    }

    /// <summary>Gathers rows into a batch on a device; its tensors belong to the current dispose scope.</summary>
    public BatchDict Gather(ReadOnlySpan<int> rows, IReadOnlyList<ColumnBinding> bindings, Device device)
    {
        var batch = new BatchDict { RowCount = rows.Length };
        for (int i = 0; i < _columns.Length; i++)
        {
            Tensor stored = TensorBatch.Allocate(bindings[i], rows.Length);
            _columns[i].Gather(rows, stored.bytes);
            batch[bindings[i].Key] = TensorBatch.Finish(bindings[i], stored, device);
        }
        if (_ids is not null)
            batch.Set(BatchKeys.SampleId, Ids(rows));
        batch.KnownRanges = _ranges;
        return batch;
    }

    /// <summary>Gets a column by its place among the bindings.</summary>
    public StagedColumn Column(int index) => _columns[index];

    /// <summary>Gets the id of a row, or null when rows have none.</summary>
    public string? Id(int row) => _ids?[row / _rowsPerChunk][row % _rowsPerChunk];

    private void AddId(string id)
    {
        int place = Count % _rowsPerChunk;
        if (place == 0)
            _ids!.Add([]);
        if (place == _ids![^1].Length)
        {
            string[] chunk = _ids[^1];
            Array.Resize(ref chunk, Math.Min(_rowsPerChunk, Math.Max(16, place * 2)));
            _ids[^1] = chunk;
        }
        _ids[^1][place] = id;
        Bytes += IdOverhead + (2L * id.Length);
    }

    private string[] Ids(ReadOnlySpan<int> rows)
    {
        string[] picked = new string[rows.Length];
        for (int i = 0; i < picked.Length; i++)
            picked[i] = Id(rows[i])!;
        return picked;
    }
}
