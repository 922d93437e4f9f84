namespace Fuse.MLNet;

/// <summary>Holds the rows of a source in memory, those to train on apart from those set aside.</summary>
internal sealed class StagedSplit
{
    private readonly SetAsideRows? _setAside;
    private long _rows;

    private StagedSplit(RowSource source)
    {
        Training = new StagedRows(source);
        Validation = new StagedRows(source);
        _setAside = source.Splitter is null && !source.SkipsRows ? null : new SetAsideRows();
    }

    /// <summary>Gets the rows to train on.</summary>
    public StagedRows Training { get; }

    /// <summary>Gets the rows that the splitter set aside.</summary>
    public StagedRows Validation { get; }

    /// <summary>Gets what a user should know of the rows.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    private long Bytes => Training.Bytes + Validation.Bytes;

    /// <summary>Reads the rows of a source, whose number need not be known, unless they take more memory than there is for them.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="budget">The memory; what the rows take is taken from it.</param>
    /// <param name="checkAlive">Called for each row, which may take long to come; throws when the work was cancelled.</param>
    /// <returns>The rows, or null when they do not fit.</returns>
    public static StagedSplit? Read(RowSource source, StagingBudget budget, Action checkAlive)
    {
        long known = source.View.GetRowCount() ?? 0;
        if (known > Array.MaxLength || !budget.Fits(known * source.RowBytes))
            return null;
        var split = new StagedSplit(source);
        using RowCursor cursor = source.Open();
        while (cursor.MoveNext())
        {
            checkAlive();
            split.Add(cursor, isKept: true);
            if (!budget.Fits(split.Bytes) || split.Training.Count + (long)split.Validation.Count > Array.MaxLength)
                return null;
        }
        budget.Take(split.Bytes);
        return split.Complete(cursor);
    }

    /// <summary>Reads only the first training rows of a source, whatever memory they take.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="count">The number of training rows, if there are so many.</param>
    /// <param name="checkAlive">Called for each row, which may take long to come; throws when the work was cancelled.</param>
    public static StagedSplit ReadFirst(RowSource source, long count, Action checkAlive)
    {
        var split = new StagedSplit(source);
        using RowCursor cursor = source.Open();
        while (split.Training.Count < count && cursor.MoveNext())
        {
            checkAlive();
            split.Add(cursor, isKept: cursor.Part == RowPart.Training);
        }
        return split.Complete(cursor);
    }

    /// <summary>Gets the index in the source of a training row, by its place among the training rows.</summary>
    public int SourceIndex(int trainingRow) => _setAside?.SourceIndex(trainingRow) ?? trainingRow;

    private void Add(RowCursor row, bool isKept)
    {
        // Rows that were left out are no training rows.
        for (; _setAside is not null && _rows < row.Index; _rows++)
            _setAside.Add(RowPart.Validation);
        _setAside?.Add(row.Part);
        _rows++;
        if (isKept)
            (row.Part == RowPart.Training ? Training : Validation).Add(row);
    }

    private StagedSplit Complete(RowCursor cursor)
    {
        Training.Complete();
        Validation.Complete();
        Warnings = cursor.Warnings(part: null);
        return this;
    }
}
