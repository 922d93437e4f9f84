using System.Globalization;
using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Scores one process's part of the rows of a view, and writes it to the process's file.</summary>
internal sealed class ScoreFile(MLContext environment, string path, RankAgreement ranks)
{
    private const string Binary = ".idv";

    /// <summary>Gets the file's path.</summary>
    private string Own => Path.Combine(Path.GetDirectoryName(path) ?? "",
        string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(path)}-{ranks.Rank:00000}-of-{ranks.Size:00000}{Path.GetExtension(path)}"));

    /// <summary>Writes the file.</summary>
    public string Write(ITransformer model, IDataView data, IReadOnlyList<string>? columnNames)
    {
        char? separator = Path.GetExtension(path) switch
        {
            Binary => null,
            ".csv" => ',',
            ".tsv" or ".txt" => '\t',
            var other => throw new ArgumentException($"'{path}' ends in '{other}', and scores are written as {Binary}, .csv or .tsv."),
        };
        long rows = ranks.Share(ranks.IsFirst ? Count(data) : 0);
        long start = rows * ranks.Rank / ranks.Size;
        long count = (rows * (ranks.Rank + 1) / ranks.Size) - start;
        IDataView scored = Selected(model.Transform(Part(data, rows, start, count)), columnNames);
        AtomicFile.Write(Own, stream =>
        {
            if (separator is { } mark)
                environment.Data.SaveAsText(scored, stream, mark, headerRow: true, schema: false);
            else
                environment.Data.SaveAsBinary(scored, stream);
        });
        return Own;
    }

    private IDataView Part(IDataView data, long rows, long start, long count)
    {
        // ML.NET takes and skips one row at least.
        if (count == 0)
            return rows == 0 ? data : environment.Data.SkipRows(data, rows);
        return environment.Data.TakeRows(start == 0 ? data : environment.Data.SkipRows(data, start), count);
    }

    private IDataView Selected(IDataView scored, IReadOnlyList<string>? columnNames)
    {
        if (columnNames is null)
            return scored;
        foreach (string name in columnNames)
            if (scored.Schema.GetColumnOrNull(name) is null)
                throw new ArgumentException($"There is no column '{name}' to write. {ClosestName.Hint(name, scored.Schema.Select(column => column.Name))}", nameof(columnNames));
        return environment.Transforms.SelectColumns([.. columnNames]).Fit(scored).Transform(scored);
    }

    private static long Count(IDataView data)
    {
        if (data.GetRowCount() is { } known)
            return known;
        using DataViewRowCursor cursor = data.GetRowCursor([]);
        long count = 0;
        while (cursor.MoveNext())
            count++;
        return count;
    }
}
