using System.Globalization;
using System.Text;

namespace Fuse.MLNet;

/// <summary>Writes the values of an epoch beside those of the best one so far.</summary>
internal static class EpochSummaryTable
{
    private const int ColumnWidth = 25;

    public static string Of(History history, int epoch, MetricMonitor monitor)
    {
        int? best = monitor.Follow(history.Epochs.Take(epoch + 1).Select(record => LoggedValue.Find(record.Values, monitor.Name) ?? double.NaN)).BestEpoch;
        ValueList<LoggedValue> current = history.Epochs[epoch].Values;
        IEnumerable<LoggedValue> bestValues = best is { } index ? history.Epochs[index].Values : [];
        string[][] rows =
        [
            ["name", best is null ? "Best Epoch (none)" : Invariant($"Best Epoch ({best})"), Invariant($"Current Epoch ({epoch})")],
            .. current.Concat(bestValues).Select(value => value.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(name => new[] { name, Number(LoggedValue.Find(bestValues, name)), Number(LoggedValue.Find(current, name)) }),
        ];
        return Invariant($"Stats for epoch: {epoch} ({Standing(best, epoch, monitor)})\n{Table(rows)}\n");
    }

    private static string Standing(int? best, int epoch, MetricMonitor monitor) =>
        best is null ? $"No epoch is the best yet for source {monitor.Name}"
        : best == epoch ? $"Currently the best epoch for source {monitor.Name}!"
        : Invariant($"Best epoch is {best} for source {monitor.Name}");

    private static string Table(string[][] rows)
    {
        int width = Math.Max(ColumnWidth, rows.SelectMany(row => row).Max(cell => cell.Length));
        string line = new('-', (3 * (width + 3)) + 1);
        var text = new StringBuilder().Append(line).Append('\n');
        foreach ((int index, string[] row) in rows.Index())
        {
            text.Append(string.Concat(row.Select(cell => $"| {cell.PadRight(width)} "))).Append("|\n");
            if (index == 0)
                text.Append(line).Append('\n');
        }
        return text.Append(line).Append('\n').ToString();
    }

    private static string Number(double? value) => value is { } number ? number.ToString("F4", CultureInfo.InvariantCulture) : "N/A";

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
