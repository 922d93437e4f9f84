using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Reads a view once and keeps its bound columns in memory; batches are gathered from it in any order.</summary>
internal sealed class StagedRows
{
    private readonly StagedColumn[] _columns;
    private readonly Dictionary<string, (long Low, long High)> _ranges;
    private string[]? _sampleIds;

    private StagedRows(StagedColumn[] columns, List<int> training, List<int> validation)
    {
        _columns = columns;
        _ranges = columns.Where(column => column.Range is not null).ToDictionary(column => column.Binding.Key, column => column.Range!.Value);
        Training = [.. training];
        Validation = [.. validation];
    }

    /// <summary>Gets the indices of the rows to train on.</summary>
    public int[] Training { get; }

    /// <summary>Gets the indices of the rows that the splitter set aside.</summary>
    public int[] Validation { get; }

    /// <summary>Gets the number of missing keys, by column name.</summary>
    public IReadOnlyList<(string Column, long Count)> MissingKeys { get; private set; } = [];

    /// <summary>Reads every row of a view; its length need not be known.</summary>
    /// <param name="view">The rows.</param>
    /// <param name="bindings">The columns to keep, bound to the view's schema.</param>
    /// <param name="splitter">Sets validation rows aside, or null to train on all.</param>
    /// <param name="sampleId">The column of the rows' ids, if any.</param>
    /// <param name="checkAlive">Called for each row, which may take long to come; throws when the work was cancelled.</param>
    public static StagedRows Read(IDataView view, IReadOnlyList<ColumnBinding> bindings, RowSplitter? splitter, SampleIdColumn? sampleId, Action checkAlive)
    {
        StagedColumn[] columns = [.. bindings.Select(binding => new StagedColumn(binding))];
        var training = new List<int>();
        var validation = new List<int>();
        IEnumerable<DataViewSchema.Column> needed = bindings.Select(binding => binding.Source);
        if (splitter?.Column is { } splitColumn)
            needed = needed.Append(splitColumn);
        if (sampleId is not null)
            needed = needed.Append(sampleId.Source);
        using DataViewRowCursor cursor = view.GetRowCursor(needed);
        ColumnReader[] readers = [.. bindings.Select(binding => binding.Open(cursor))];
        Func<long, bool> isValidation = splitter?.Open(cursor) ?? (_ => false);
        Func<string>? readId = sampleId?.Open(cursor);
        var ids = new List<string>();
        for (int row = 0; cursor.MoveNext(); row = checked(row + 1))
        {
            checkAlive();
            for (int i = 0; i < readers.Length; i++)
                readers[i].Read(columns[i].Add());
            if (readId is not null)
                ids.Add(readId());
            (isValidation(row) ? validation : training).Add(row);
        }
        foreach (StagedColumn column in columns)
            column.Trim();
        return new StagedRows(columns, training, validation)
        {
            _sampleIds = readId is null ? null : [.. ids],
            MissingKeys = [.. bindings.Zip(readers, (binding, reader) => (binding.Source.Name, reader.MissingKeys)).Where(pair => pair.MissingKeys > 0)],
        };
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
        if (_sampleIds is not null)
            batch.Set(BatchKeys.SampleId, SampleIds(_sampleIds, rows));
        batch.KnownRanges = _ranges;
        return batch;
    }

    /// <summary>Gets a staged column by its place among the bindings.</summary>
    public StagedColumn Column(int index) => _columns[index];

    private static string[] SampleIds(string[] ids, ReadOnlySpan<int> rows)
    {
        string[] picked = new string[rows.Length];
        for (int i = 0; i < picked.Length; i++)
            picked[i] = ids[rows[i]];
        return picked;
    }
}
