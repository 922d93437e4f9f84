namespace Fuse.MLNet;

/// <summary>Keeps rows of one column in memory, in chunks, so that their number need not be known beforehand and nothing is copied twice.</summary>
internal sealed class StagedColumn
{
    private const int FirstRows = 16;
    private readonly List<byte[]> _chunks = [];
    private readonly int _rowsPerChunk;
    private readonly int _rowBytes;
    private int _count;

    /// <summary>Makes an empty column.</summary>
    /// <param name="binding">What its rows hold.</param>
    /// <param name="rowsPerChunk">The number of rows for which memory is taken at once; the first chunk grows up to it.</param>
    public StagedColumn(ColumnBinding binding, int rowsPerChunk)
    {
        Binding = binding;
        _rowBytes = binding.RowBytes;
        _rowsPerChunk = Math.Clamp(rowsPerChunk, 1, Array.MaxLength / Math.Max(1, _rowBytes));
    }

    public ColumnBinding Binding { get; }

    /// <summary>Gets between which numbers all rows of a column of Int64 lie, such as class indices; null for others, or without a row.</summary>
    public (long Low, long High)? Range { get; private set; }

    /// <summary>Takes memory for one more row and returns it, to be filled.</summary>
    public Span<byte> Add()
    {
        int used = (int)(_count - ((_chunks.Count - 1L) * _rowsPerChunk));
        if (_chunks.Count == 0 || used == _rowsPerChunk)
            _chunks.Add(GC.AllocateUninitializedArray<byte>((_chunks.Count == 0 ? Math.Min(FirstRows, _rowsPerChunk) : _rowsPerChunk) * _rowBytes));
        else if (used * (long)_rowBytes == _chunks[^1].Length)
            Resize((int)Math.Min(used * 2L, _rowsPerChunk));
        return Row(_count++);
    }

    /// <summary>Ends the reading: gives back the memory behind the last row.</summary>
    public void Trim()
    {
        for (int row = 0; row < _count && Binding.HasRange; row++)
            Range = ColumnBinding.Widen(Range, Row(row));
        if (_chunks.Count > 0)
            Resize((int)(_count - ((_chunks.Count - 1L) * _rowsPerChunk)));
    }

    /// <summary>Copies rows, in the given order, behind each other.</summary>
    public void Gather(ReadOnlySpan<int> rows, Span<byte> destination)
    {
        for (int i = 0; i < rows.Length; i++)
            Row(rows[i]).CopyTo(destination.Slice(i * _rowBytes, _rowBytes));
    }

    public Span<byte> Row(int row) => _chunks[row / _rowsPerChunk].AsSpan(row % _rowsPerChunk * _rowBytes, _rowBytes);

    private void Resize(int rows)
    {
        byte[] last = _chunks[^1];
        if (last.Length == rows * _rowBytes)
            return;
        byte[] resized = GC.AllocateUninitializedArray<byte>(rows * _rowBytes);
        last.AsSpan(0, Math.Min(last.Length, resized.Length)).CopyTo(resized);
        _chunks[^1] = resized;
    }
}
