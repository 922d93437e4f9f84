using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Holds what a scoring batch knows of its rows beside the passed-through columns: the network's inputs, and the ids and batch numbers of the source.</summary>
internal sealed class ScoringRows(ColumnBinding[] bindings)
{
    private DataViewRowId[] _ids = [];
    private long[] _batches = [];

    /// <summary>Gets the number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>Gets, for each input column, its rows behind each other, in the stored type.</summary>
    public byte[][] Inputs { get; } = [.. bindings.Select(_ => Array.Empty<byte>())];

    /// <summary>Gets the id of a row.</summary>
    public ref DataViewRowId Id(int row) => ref _ids[row];

    /// <summary>Gets the source's batch number of a row.</summary>
    public long Batch(int row) => _batches[row];

    /// <summary>Empties it, and makes room.</summary>
    public void Clear(int rows)
    {
        Count = 0;
        if (rows <= _ids.Length)
            return;
        _ids = new DataViewRowId[rows];
        _batches = new long[rows];
        for (int i = 0; i < Inputs.Length; i++)
            Inputs[i] = new byte[rows * bindings[i].RowBytes];
    }

    /// <summary>Gets the memory of the next row's input, to be filled before <see cref="Add"/>.</summary>
    public Span<byte> NextInput(int column) => Inputs[column].AsSpan(Count * bindings[column].RowBytes, bindings[column].RowBytes);

    /// <summary>Ends a row, whose inputs and id are filled.</summary>
    public void Add(long batch) => _batches[Count++] = batch;
}
