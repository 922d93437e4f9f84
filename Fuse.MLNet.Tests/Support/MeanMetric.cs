namespace Fuse.MLNet.Tests;

/// <summary>Is a metric of the user's own: the mean of a batch value over the rows, with its count.</summary>
internal sealed record MeanMetric(string Key) : MetricBase
{
    protected internal override Tensor Collect(BatchDict batch) => batch[Key].to(ScalarType.Float64).reshape(batch.RowCount, -1).mean([1]);

    protected internal override MetricResult Evaluate(MetricRows rows) =>
        MetricResult.Named([("mean", Enumerable.Range(0, rows.Count).Average(row => rows[row][0])), ("rows", rows.Count)]);
}
