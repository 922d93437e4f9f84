namespace Fuse.MLNet;

/// <summary>Holds a metric of one row.</summary>
/// <param name="SampleId">The row's id, or its index from 0 when the trainer names no <c>SampleIdColumnName</c>.</param>
/// <param name="Result">The metric over this row alone.</param>
public sealed record SampleMetric(string SampleId, MetricResult Result);
