using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Computes a metric for each group of rows, such as each hospital, and how far the groups differ.</summary>
/// <remarks>
/// FuseMedML's <c>GroupAnalysis</c>. Values: those of each group, named by it, and over the groups <c>mean</c>, <c>std</c> and
/// <c>median</c>, in which groups with NaN are left out. Named values are <c>&lt;group&gt;.&lt;name&gt;</c> and <c>&lt;name&gt;.mean</c>.
/// Rows without a group (-100 or NaN) are left out.
/// </remarks>
public sealed record MetricGroupAnalysis : WrappedMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="metric">The metric to compute.</param>
    /// <param name="group">The batch key of the rows' groups, <c>[N]</c> numbers or indices.</param>
    public MetricGroupAnalysis(MetricBase metric, string group)
        : base(metric)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        Group = MetricOption.Key(group, nameof(group));
    }

    /// <summary>Gets the batch key of the rows' groups.</summary>
    public string Group { get; }

    /// <summary>Gets the groups' names by index. Default: null, they are named by their number.</summary>
    public ValueList<string>? GroupNames { get; init => field = MetricOption.Names(value, 1, ["mean", "std", "median"]); }

    /// <inheritdoc/>
    protected internal override Tensor Collect(BatchDict batch)
    {
        Tensor rows = CollectInside(batch);
        return MetricTable.Join(rows, ForEachRow(batch, Group, rows));
    }

    /// <inheritdoc/>
    protected internal override MetricResult Evaluate(MetricRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0)
            return MetricResult.Named(OverGroups("", []));
        MetricRows inside = WithoutLastColumn(rows);
        (string Group, ValueList<NamedValue> Values)[] groups =
        [
            .. Enumerable.Range(0, rows.Count).GroupBy(row => rows[row][rows.Width - 1])
                .Where(group => !double.IsNaN(group.Key) && group.Key != TensorColumn.MissingTarget).OrderBy(group => group.Key)
                .Select(group => (NameOf(group.Key), Metric.Evaluate(inside.Select([.. group])).Values)),
        ];
        return MetricResult.Named(
        [
            .. groups.SelectMany(group => group.Values.Select(value => (Name: value.Name.Length == 0 ? group.Group : $"{group.Group}.{value.Name}", value.Value))),
            .. groups.SelectMany(group => group.Values).GroupBy(value => value.Name, StringComparer.Ordinal)
                .SelectMany(same => OverGroups(same.Key, [.. same.Select(value => value.Value).Where(value => !double.IsNaN(value))])),
        ]);
    }

    private static IEnumerable<(string Name, double Value)> OverGroups(string name, double[] values)
    {
        double[] sorted = [.. values.Order()];
        bool any = sorted.Length > 0;
        yield return (Join(name, "mean"), any ? sorted.Average() : double.NaN);
        yield return (Join(name, "std"), any ? StandardDeviation(sorted) : double.NaN);
        yield return (Join(name, "median"), any ? (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2 : double.NaN);
    }

    private string NameOf(double group)
    {
        if (GroupNames is null)
            return group.ToString(CultureInfo.InvariantCulture);
        return group == Math.Truncate(group) && group >= 0 && group < GroupNames.Count ? GroupNames[(int)group]
            : throw new ArgumentException($"'{Group}' holds {group.ToString(CultureInfo.InvariantCulture)}; " +
                $"with {GroupNames.Count} {nameof(GroupNames)} it must be an index from 0 to {GroupNames.Count - 1}");
    }
}
