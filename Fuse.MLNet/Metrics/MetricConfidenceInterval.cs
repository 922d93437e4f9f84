namespace Fuse.MLNet;

/// <summary>Measures how sure a metric is, by computing it again and again over rows drawn with replacement (bootstrap).</summary>
/// <remarks>
/// FuseMedML's <c>CI</c> by percentiles. For each value of the metric: <c>value</c>, that of the rows as they are, and of the bootstraps
/// <c>mean</c>, <c>std</c>, <c>lower</c> and <c>upper</c>; named values put their name in front, <c>macro_avg.lower</c>. Bootstraps in
/// which the metric is NaN are left out. The rows drawn depend on <see cref="Seed"/>, the number of rows and the strata only. It computes
/// the metric once more for each bootstrap, which takes long for many rows.
/// </remarks>
public sealed record MetricConfidenceInterval : WrappedMetric
{
    /// <summary>Describes the metric.</summary>
    /// <param name="metric">The metric to compute.</param>
    /// <param name="stratum">The batch key of one number a row, such as the class index; as many rows of each are drawn as there are. Null draws from all rows.</param>
    public MetricConfidenceInterval(MetricBase metric, string? stratum = null)
        : base(metric) => Stratum = stratum;

    /// <summary>Gets the batch key of the strata, or null.</summary>
    public string? Stratum { get; init => field = MetricOption.OptionalKey(value); }

    /// <summary>Gets the number of bootstraps, 1 or more. Default: 1000.</summary>
    public int Bootstraps { get; init => field = MetricOption.AtLeast(value, 1); } = 1000;

    /// <summary>Gets the share of bootstraps between lower and upper, above 0 and below 1. Default: 0.95.</summary>
    public double Confidence
    {
        get;
        init => field = value is > 0 and < 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(Confidence), value, $"The metric option {nameof(Confidence)} must be above 0 and below 1, such as 0.95.");
    } = 0.95;

    /// <summary>Gets the seed of the draws. Default: 1234.</summary>
    public long Seed { get; init; } = 1234;

    /// <inheritdoc/>
    protected internal override Tensor Collect(BatchDict batch)
    {
        Tensor rows = CollectInside(batch);
        return Stratum is null ? rows : MetricTable.Join(rows, ForEachRow(batch, Stratum, rows));
    }

    /// <inheritdoc/>
    protected internal override MetricResult Evaluate(MetricRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        MetricRows inside = Stratum is null ? rows : WithoutLastColumn(rows);
        ValueList<NamedValue> values = Metric.Evaluate(inside).Values;
        int[][] strata = Strata(rows);
        var samples = new double[values.Count][];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = new double[Bootstraps];
        int[] drawn = new int[rows.Count];
        for (int bootstrap = 0; bootstrap < Bootstraps && rows.Count > 0; bootstrap++)
        {
            Draw(strata, bootstrap, drawn);
            ValueList<NamedValue> result = Metric.Evaluate(inside.Select(drawn)).Values;
            // Where a metric names its values by what it finds, a draw may lack some.
            for (int i = 0; i < samples.Length; i++)
                samples[i][bootstrap] = i < result.Count && result[i].Name == values[i].Name ? result[i].Value
                    : result.Where(value => value.Name == values[i].Name).Select(value => value.Value).DefaultIfEmpty(double.NaN).First();
        }
        return MetricResult.Named(values.SelectMany((value, index) => Describe(value, rows.Count == 0 ? [] : samples[index])));
    }

    private IEnumerable<(string Name, double Value)> Describe(NamedValue value, double[] samples)
    {
        double[] sorted = [.. samples.Where(sample => !double.IsNaN(sample)).Order()];
        double tail = (1 - Confidence) / 2;
        bool any = sorted.Length > 0;
        yield return (Join(value.Name, "value"), value.Value);
        yield return (Join(value.Name, "mean"), any ? sorted.Average() : double.NaN);
        yield return (Join(value.Name, "std"), any ? StandardDeviation(sorted) : double.NaN);
        yield return (Join(value.Name, "lower"), any ? sorted[(int)(tail * sorted.Length)] : double.NaN);
        yield return (Join(value.Name, "upper"), any ? sorted[Math.Min(sorted.Length - 1, (int)((1 - tail) * sorted.Length))] : double.NaN);
    }

    private int[][] Strata(MetricRows rows) => Stratum is null || rows.Count == 0 ? [[.. Enumerable.Range(0, rows.Count)]]
        : [.. Enumerable.Range(0, rows.Count).GroupBy(row => rows[row][rows.Width - 1]).Select(group => group.ToArray())];

    private void Draw(int[][] strata, int bootstrap, int[] drawn)
    {
        long source = (long)StableHash.Mix(Seed, bootstrap);
        foreach (int[] stratum in strata)
            foreach (int row in stratum)
                drawn[row] = stratum[(int)Math.BigMul(StableHash.Mix(source, row), (ulong)stratum.Length, out _)];
    }
}
