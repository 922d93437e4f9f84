using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Holds what was logged in one epoch.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Values">The logged values, in the order in which they were first logged.</param>
public sealed record EpochRecord(int Epoch, ValueList<LoggedValue> Values)
{
    private const string MetricsPart = ".metrics.";
    private const int FewValues = 3;
    private static readonly string[] Means = [".macro_avg", ".average", ".value"];

    /// <summary>Gets the logged value of a name.</summary>
    /// <param name="name">The logged name.</param>
    /// <exception cref="KeyNotFoundException">Nothing of that name was logged; the message lists the names.</exception>
    public double this[string name] => LoggedValue.Find(Values, name) ?? throw LoggedValue.Missing(Values, name);

    /// <summary>Gets the values worth a line: not a loss that is alone, whose value is the total's too, and of a metric of many values the mean over classes.</summary>
    internal IEnumerable<LoggedValue> Shown()
    {
        Dictionary<string, int> counts = Values.CountBy(value => Group(value.Name)).ToDictionary();
        return Values.Where(value => value.Name.EndsWith(BatchKeys.TotalLoss, StringComparison.Ordinal) || (value.Name.Contains(".losses.", StringComparison.Ordinal)
            ? counts[Group(value.Name)] > 2 : counts[Group(value.Name)] <= FewValues || Means.Any(mean => value.Name.EndsWith(mean, StringComparison.Ordinal))));
    }

    /// <summary>Writes the epoch in a line: the values worth it, and how long it took.</summary>
    internal string Line(int maxEpochs, TimeSpan time, bool isBest = false)
    {
        string[] values = [.. Shown().Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Name} {value.Value:0.0000}"))];
        string text = values.Length == 0 ? "" : $"{string.Join(", ", values)}{(isBest ? " (best)" : "")}, ";
        return string.Create(CultureInfo.InvariantCulture, $"epoch {Epoch + 1}/{maxEpochs}: {text}{time.TotalSeconds:0.0} s");
    }

    // All losses of a phase are one group, and so are all values of a metric.
    private static string Group(string name)
    {
        if (name.IndexOf(".losses.", StringComparison.Ordinal) is > 0 and var losses)
            return name[..losses];
        if (name.IndexOf(MetricsPart, StringComparison.Ordinal) is not (> 0 and var metrics))
            return name;
        int end = name.IndexOf('.', metrics + MetricsPart.Length);
        return end < 0 ? name : name[..end];
    }
}
