using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Keeps the rows of one column in memory, in chunks, so that their number need not be known beforehand and nothing is copied twice.</summary>
internal sealed class StagedColumn
{
    private const int TargetChunkBytes = 1 << 22;
    private readonly List<byte[]> _chunks = [];
    private readonly int _rowsPerChunk;
    private readonly int _rowBytes;
    private int _count;

    public StagedColumn(ColumnBinding binding)
    {
        Binding = binding;
        _rowBytes = binding.RowBytes;
        _rowsPerChunk = Math.Max(1, TargetChunkBytes / Math.Max(1, _rowBytes));
    }

    public ColumnBinding Binding { get; }

    /// <summary>Takes memory for one more row and returns it, to be filled.</summary>
    public Span<byte> Add()
    {
        if (_count == _chunks.Count * (long)_rowsPerChunk)
            _chunks.Add(GC.AllocateUninitializedArray<byte>(checked(_rowsPerChunk * _rowBytes)));
        return Row(_count++);
    }

    /// <summary>Gets between which numbers all rows of a column of Int64 lie, such as class indices; null for others, or without a row.</summary>
    public (long Low, long High)? Range { get; private set; }

    /// <summary>Ends the reading: gives back the memory behind the last row of the last chunk.</summary>
    public void Trim()
    {
        if (Binding.StoredType == ScalarType.Int64 && Binding.DType == ScalarType.Int64)
            for (int row = 0; row < _count; row++)
                foreach (long value in MemoryMarshal.Cast<byte, long>(Row(row)))
                    Range = Range is var (low, high) ? (Math.Min(low, value), Math.Max(high, value)) : (value, value);
        int used = _count % _rowsPerChunk;
        if (used > 0)
            _chunks[^1] = _chunks[^1].AsSpan(0, used * _rowBytes).ToArray();
    }

    /// <summary>Copies rows, in the given order, behind each other.</summary>
    public void Gather(ReadOnlySpan<int> rows, Span<byte> destination)
    {
        for (int i = 0; i < rows.Length; i++)
            Row(rows[i]).CopyTo(destination.Slice(i * _rowBytes, _rowBytes));
    }

    /// <summary>Reads the elements of a row as numbers.</summary>
    public void ReadNumbers(int row, Span<double> values)
    {
        ReadOnlySpan<byte> bytes = Row(row);
        for (int i = 0; i < values.Length; i++)
            values[i] = Binding.StoredType switch
            {
                ScalarType.Byte => bytes[i],
                ScalarType.Int32 => MemoryMarshal.Cast<byte, int>(bytes)[i],
                ScalarType.Int64 => MemoryMarshal.Cast<byte, long>(bytes)[i],
                ScalarType.Float32 => MemoryMarshal.Cast<byte, float>(bytes)[i],
                _ => MemoryMarshal.Cast<byte, double>(bytes)[i],
            };
    }

    public Span<byte> Row(int row) => _chunks[row / _rowsPerChunk].AsSpan(row % _rowsPerChunk * _rowBytes, _rowBytes);
}
