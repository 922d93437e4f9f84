namespace Fuse.MLNet;

/// <summary>Describes a metric: it takes what it needs of each row from the batches of one pass, and computes its values over all rows at the end.</summary>
/// <remarks>
/// A description is immutable and holds no state of a run. To write a metric of your own, derive a record and override
/// <see cref="Collect(BatchDict)"/> and <see cref="Evaluate(MetricRows)"/>. NaN means "not defined", such as the AUC of a set of one class.
/// After FuseMedML's <c>MetricBase</c>.
/// </remarks>
public abstract record MetricBase
{
    /// <summary>Computes the metric over batches, as one pass of a run does.</summary>
    /// <param name="batches">The batches, each after the model's forward pass; the metric may add values to them, and disposes none.</param>
    /// <exception cref="InvalidOperationException">The metric failed; the message names it, and the keys and shapes of the batch.</exception>
    public MetricResult Compute(IEnumerable<BatchDict> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        var collector = new MetricCollector(GetType().Name, this);
        foreach (BatchDict batch in batches)
            collector.Add(batch);
        return collector.Evaluate();
    }

    /// <summary>Takes what the metric needs of each row from a batch.</summary>
    /// <param name="batch">The batch after the model's forward pass. Values added to it are seen by the metrics after this one.</param>
    /// <returns>
    /// A tensor <c>[N, K]</c> or <c>[N]</c> of any real type on any device, one row for each row of the batch; K must be the same in every
    /// batch. It is copied to the host as Float64. It runs without gradients, in a dispose scope of its own.
    /// </returns>
    protected internal abstract Tensor Collect(BatchDict batch);

    /// <summary>Computes the metric over the rows collected in one pass.</summary>
    /// <param name="rows">The rows, in the order of collection; none when the pass had no batch.</param>
    protected internal abstract MetricResult Evaluate(MetricRows rows);

    /// <summary>Takes what the metric needs from a batch, knowing the name under which the metric runs.</summary>
    internal virtual Tensor Collect(BatchDict batch, string name) => Collect(batch);
}
