namespace Fuse.MLNet;

/// <summary>Is the base of metrics that look at the rows of another metric in another way.</summary>
public abstract record WrappedMetric : MetricBase
{
    private protected WrappedMetric(MetricBase metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        Metric = metric;
    }

    /// <summary>Gets the metric inside.</summary>
    public MetricBase Metric { get; }

    /// <summary>Collects the rows of the metric inside as a table <c>[N, K]</c>.</summary>
    private protected Tensor CollectInside(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor rows = Metric.Collect(batch);
        return rows.dim() switch
        {
            1 => rows.unsqueeze(1),
            2 => rows,
            _ => throw new ArgumentException($"{Metric.GetType().Name} must collect a tensor [N, K]; it gave {ShapeText.Of(rows)}"),
        };
    }

    /// <summary>Reads a key of one value for each row that the metric inside collected.</summary>
    /// <exception cref="ArgumentException">It has other rows.</exception>
    private protected Tensor ForEachRow(BatchDict batch, string key, Tensor inside)
    {
        Tensor values = MetricTable.RowValues(batch, key);
        return values.shape[0] == inside.shape[0] ? values
            : throw new ArgumentException($"'{key}' is {ShapeText.Of(values)}, but {Metric.GetType().Name} collected {inside.shape[0]} rows");
    }

    /// <summary>Gets the columns of the metric inside, where a last one was added.</summary>
    private protected static MetricRows WithoutLastColumn(MetricRows rows) => rows.Count == 0 ? rows : rows.Columns(0, rows.Width - 1);

    /// <summary>Joins a value's name and that of a number about it.</summary>
    private protected static string Join(string name, string about) => name.Length == 0 ? about : $"{name}.{about}";

    /// <summary>Computes the standard deviation of values, that of a whole population.</summary>
    private protected static double StandardDeviation(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
