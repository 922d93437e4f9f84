using System.Globalization;
using System.Text;

namespace Fuse.MLNet;

/// <summary>Adds rows to a CSV file whose first column is a whole number; a new column rewrites the file with a wider header.</summary>
internal sealed class CsvTable : IDisposable
{
    private readonly string _path;
    private readonly List<string> _columns = [];
    private StreamWriter? _writer;

    /// <summary>Starts a table, or goes on with the rows of the file up to a number.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lastKept">The last row to keep, or null to start anew.</param>
    public CsvTable(string path, long? lastKept)
    {
        _path = path;
        if (lastKept is not { } last || !File.Exists(path))
        {
            File.Delete(path);
            return;
        }
        string[] lines = File.ReadAllLines(path);
        if (lines.Length == 0)
            return;
        _columns.AddRange(CsvText.Fields(lines[0]));
        Rewrite(lines.Skip(1).Where(line => IsKept(CsvText.Fields(line), last)));
    }

    /// <summary>Adds a row.</summary>
    public void Add(IReadOnlyList<KeyValuePair<string, string>> row)
    {
        string[] added = [.. row.Select(value => value.Key).Except(_columns)];
        if (added.Length > 0)
            Widen(added);
        var values = new Dictionary<string, string>(row, StringComparer.Ordinal);
        _writer ??= new StreamWriter(_path, append: true, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        _writer.WriteLine(CsvText.Line(_columns.Select(column => values.GetValueOrDefault(column, ""))));
    }

    /// <summary>Writes what is still in memory.</summary>
    public void Flush() => _writer?.Flush();

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
    }

    // A row that was being written when the program ended has too few fields, or none that is a number.
    private bool IsKept(IReadOnlyList<string> fields, long last) => fields.Count == _columns.Count
        && long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= last;

    private void Widen(string[] added)
    {
        Dispose();
        string[] rows = File.Exists(_path) ? [.. File.ReadLines(_path).Skip(1)] : [];
        _columns.AddRange(added);
        Rewrite(rows.Select(row => row + new string(',', added.Length)));
    }

    private void Rewrite(IEnumerable<string> rows) => AtomicFile.Write(_path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(CsvText.Line(_columns));
        foreach (string row in rows)
            writer.WriteLine(row);
    });
}
