namespace Fuse.MLNet;

/// <summary>Is the base of the regression metrics that average an error over the elements.</summary>
public abstract record ErrorMetric : RegressionMetric
{
    private protected ErrorMetric(string pred, string target, string? mask)
        : base(pred, target, mask)
    {
    }

    /// <inheritdoc/>
    protected internal sealed override Tensor Collect(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (Tensor pred, Tensor target) = RegressionPair.Read(this, batch);
        Tensor missing = target.isnan();
        // Sums a row: images would take as much memory as the data.
        return MetricTable.Join(Error(pred - target).masked_fill(missing, MetricTable.Zero).sum(1), missing.logical_not().sum(1));
    }

    /// <inheritdoc/>
    protected internal sealed override MetricResult Evaluate(MetricRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        (double sum, double count) = (0, 0);
        for (int row = 0; row < rows.Count; row++)
        {
            sum += rows[row][0];
            count += rows[row][1];
        }
        return OfMean(sum / count);
    }

    /// <summary>Computes the error of each element.</summary>
    private protected abstract Tensor Error(Tensor difference);

    /// <summary>Makes the metric of the mean error.</summary>
    private protected virtual double OfMean(double mean) => mean;
}
