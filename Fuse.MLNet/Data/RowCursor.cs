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
    private readonly byte[]?[] _guarded;
    private readonly bool _skips;
    private readonly long[] _skipped = new long[2];

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
            int[] guarded = source.Guard?.Places(_bindings) ?? [];
            _skips = source.SkipsRows;
            _guarded = [.. _bindings.Select((binding, place) => guarded.Contains(place) ? new byte[_skips ? binding.RowBytes : 0] : null)];
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

    /// <summary>Says what a user should know of the rows that were read: missing keys, vectors that were cut, rows that were left out.</summary>
    /// <param name="part">The part whose rows that were left out count, or null for both.</param>
    public IReadOnlyList<string> Warnings(RowPart? part)
    {
        long skipped = part is { } one ? _skipped[(int)one] : _skipped.Sum();
        return
        [
            .. _bindings.Zip(_readers).Where(pair => pair.Second.MissingKeys > 0).Select(pair => ColumnErrors.MissingKeys(pair.First.Source.Name, pair.Second.MissingKeys)),
            .. _bindings.Zip(_readers).Where(pair => pair.Second.CutRows > 0).Select(pair => ColumnErrors.CutRows(pair.First, pair.Second.CutRows)),
            .. skipped > 0 ? [ColumnErrors.SkippedRows(skipped)] : Array.Empty<string>(),
        ];
    }

    public bool MoveNext()
    {
        do
        {
            if (!_cursor.MoveNext())
                return false;
            Index++;
            Part = _isValidation?.Invoke(Index) == true ? RowPart.Validation : RowPart.Training;
        }
        while (_skips && IsSkipped());
        return true;
    }

    /// <summary>Writes the present row's elements of a column, by its place among the bindings.</summary>
    /// <exception cref="InvalidOperationException">A feature is not finite, and that is an error.</exception>
    public void Read(int column, Span<byte> destination)
    {
        if (_guarded[column] is { } read && _skips)
        {
            read.CopyTo(destination);
            return;
        }
        _readers[column].Read(destination);
        if (_guarded[column] is not null && !FiniteValues.AreAll(destination, _bindings[column].StoredType))
            throw ColumnErrors.NotFinite(_bindings[column], destination, Index, _readId?.Invoke());
    }

    /// <summary>Reads the present row's id; rows must have ids.</summary>
    public string ReadId() => _readId!();

    public void Dispose() => _cursor.Dispose();

    private bool IsSkipped()
    {
        bool isFinite = true;
        for (int i = 0; i < _readers.Length; i++)
        {
            if (_guarded[i] is not { } row)
                continue;
            _readers[i].Read(row);
            isFinite &= FiniteValues.AreAll(row, _bindings[i].StoredType);
        }
        if (!isFinite)
            _skipped[(int)Part]++;
        return !isFinite;
    }
}
