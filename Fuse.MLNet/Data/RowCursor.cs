using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Is one pass over the rows of a source, row by row; used by one thread at a time.</summary>
internal sealed class RowCursor : IDisposable
{
    private readonly DataViewRowCursor _cursor;
    private readonly IReadOnlyList<ColumnBinding> _bindings;
    private readonly ColumnReader[] _readers;
    private readonly Func<long, bool>? _isValidation;
    private readonly Func<string>? _readId;

    public RowCursor(RowSource source)
    {
        IEnumerable<DataViewSchema.Column> needed = source.Bindings.Select(binding => binding.Source);
        if (source.Splitter?.Column is { } splitColumn)
            needed = needed.Append(splitColumn);
        if (source.SampleId is not null)
            needed = needed.Append(source.SampleId.Source);
        _cursor = source.View.GetRowCursor(needed);
        try
        {
            _bindings = source.Bindings;
            _readers = [.. source.Bindings.Select(binding => binding.Open(_cursor))];
            _isValidation = source.Splitter?.Open(_cursor);
            _readId = source.SampleId?.Open(_cursor);
        }
        catch
        {
            _cursor.Dispose();
            throw;
        }
    }

    /// <summary>Gets the index of the present row among all rows of the source, from 0.</summary>
    public long Index { get; private set; } = -1;

    /// <summary>Gets the part that the present row belongs to.</summary>
    public RowPart Part { get; private set; }

    /// <summary>Gets whether rows have ids.</summary>
    public bool HasIds => _readId is not null;

    /// <summary>Gets the number of missing keys among the rows that were read, by column name.</summary>
    public IReadOnlyList<(string Column, long Count)> MissingKeys =>
        [.. _bindings.Zip(_readers, (binding, reader) => (binding.Source.Name, reader.MissingKeys)).Where(pair => pair.MissingKeys > 0)];

    public bool MoveNext()
    {
        if (!_cursor.MoveNext())
            return false;
        Index++;
        Part = _isValidation?.Invoke(Index) == true ? RowPart.Validation : RowPart.Training;
        return true;
    }

    /// <summary>Writes the present row's elements of a column, by its place among the bindings.</summary>
    public void Read(int column, Span<byte> destination) => _readers[column].Read(destination);

    /// <summary>Reads the present row's id; rows must have ids.</summary>
    public string ReadId() => _readId!();

    public void Dispose() => _cursor.Dispose();
}
