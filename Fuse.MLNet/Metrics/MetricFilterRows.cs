namespace Fuse.MLNet;

/// <summary>Computes a metric over some of the rows, such as those of one hospital.</summary>
/// <remarks>After FuseMedML's <c>Filter</c>, whose filter names the rows to drop: this mask names those to keep.</remarks>
public sealed record MetricFilterRows : WrappedMetric
{
    /// <summary>Keeps the rows that a mask of the batch marks.</summary>
    /// <param name="metric">The metric to compute.</param>
    /// <param name="mask">The batch key of the mask, <c>[N]</c>: rows where it is true or not 0 are kept.</param>
    public MetricFilterRows(MetricBase metric, string mask)
        : base(metric)
    {
        ArgumentException.ThrowIfNullOrEmpty(mask);
        Mask = MetricOption.Key(mask, nameof(mask));
    }

    /// <summary>Keeps the rows that a function marks.</summary>
    /// <param name="metric">The metric to compute.</param>
    /// <param name="predicate">Makes the mask <c>[N]</c> of a batch, such as <c>batch => batch["data.age"].gt(60)</c>.</param>
    public MetricFilterRows(MetricBase metric, Func<BatchDict, Tensor> predicate)
        : base(metric)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        Predicate = predicate;
    }

    /// <summary>Gets the batch key of the mask, when the metric was made with one.</summary>
    public string? Mask { get; }

    /// <summary>Gets the function that makes the mask, when the metric was made with one.</summary>
    public Func<BatchDict, Tensor>? Predicate { get; }

    /// <inheritdoc/>
    protected internal override Tensor Collect(BatchDict batch)
    {
        Tensor rows = CollectInside(batch);
        Tensor mask = Mask is { } key ? batch[key] : Predicate!(batch) ?? throw new ArgumentException($"its {nameof(Predicate)} returned null; return a mask [N]");
        if (!MetricTable.IsColumn(mask) || mask.shape[0] != rows.shape[0])
            throw new ArgumentException($"its mask{(Mask is null ? "" : $" '{Mask}'")} is {ShapeText.Of(mask)}, " +
                $"but {Metric.GetType().Name} collected {rows.shape[0]} rows; it must be [{rows.shape[0]}]");
        Tensor kept = mask.reshape(mask.shape[0]).ne(MetricTable.Zero).nonzero().squeeze(1);
        return rows.index_select(0, kept.to(rows.device));
    }

    /// <inheritdoc/>
    protected internal override MetricResult Evaluate(MetricRows rows) => Metric.Evaluate(rows);
}
