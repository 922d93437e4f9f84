using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Holds the losses and metrics of a model on rows: <c>test.losses.*</c> and <c>test.metrics.*</c>.</summary>
public sealed class EvaluationResult
{
    private readonly IReadOnlyDictionary<string, MetricCollector> _metrics;
    private readonly IReadOnlyList<string> _sampleIds;

    internal EvaluationResult(ValueList<LoggedValue> values, long rowCount, IReadOnlyDictionary<string, MetricCollector> metrics, IReadOnlyList<string> sampleIds)
    {
        Values = values;
        RowCount = rowCount;
        _metrics = metrics;
        _sampleIds = sampleIds;
    }

    /// <summary>Gets the values, in the order of the losses and metrics.</summary>
    public ValueList<LoggedValue> Values { get; }

    /// <summary>Gets the number of rows.</summary>
    public long RowCount { get; }

    /// <summary>Gets the value of a name.</summary>
    /// <param name="name">The name, such as <c>test.metrics.accuracy</c>.</param>
    /// <exception cref="KeyNotFoundException">There is no such value; the message lists the names.</exception>
    public double this[string name] => LoggedValue.Find(Values, name) ?? throw LoggedValue.Missing(Values, name);

    /// <summary>Computes a metric for each row alone, such as the Dice score of each image; FuseMedML's <c>PerSampleData</c>.</summary>
    /// <param name="metric">The metric's name among the test metrics, such as <c>dice</c>.</param>
    /// <returns>A value for each row, in the order of the rows; NaN where one row does not define it.</returns>
    /// <exception cref="KeyNotFoundException">There is no such metric; the message lists the names.</exception>
    /// <exception cref="InvalidOperationException">The metric leaves rows out, so that its rows are not those of the data.</exception>
    public IReadOnlyList<SampleMetric> PerSample(string metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        MetricCollector collector = _metrics.Values.FirstOrDefault(other => other.Name == metric)
            ?? throw new KeyNotFoundException($"There is no metric '{metric}'. {ClosestName.Hint(metric, _metrics.Values.Select(other => other.Name))}");
        return collector.Count == RowCount
            ? [.. Enumerable.Range(0, collector.Count).Select(row => new SampleMetric(_sampleIds.Count > row ? _sampleIds[row] : row.ToString(CultureInfo.InvariantCulture), collector.Evaluate(row)))]
            : throw MLNetErrors.Mark(new InvalidOperationException($"The metric '{metric}' has {collector.Count} rows of {RowCount}: it leaves rows out, so none can be told by its place."));
    }
}
