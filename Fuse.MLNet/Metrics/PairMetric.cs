namespace Fuse.MLNet;

/// <summary>Is the base of the regression metrics that need all elements at once.</summary>
public abstract record PairMetric : RegressionMetric
{
    private protected PairMetric(string pred, string target, string? mask)
        : base(pred, target, mask)
    {
    }

    /// <inheritdoc/>
    protected internal sealed override Tensor Collect(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (Tensor pred, Tensor target) = RegressionPair.Read(this, batch);
        return MetricTable.Join(pred, target);
    }

    /// <inheritdoc/>
    protected internal sealed override MetricResult Evaluate(MetricRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int columns = rows.Width / 2;
        var (pred, target) = (new List<double>(rows.Count * columns), new List<double>(rows.Count * columns));
        for (int row = 0; row < rows.Count; row++)
            for (int column = 0; column < columns; column++)
                if (!double.IsNaN(rows[row][columns + column]))
                {
                    pred.Add(rows[row][column]);
                    target.Add(rows[row][columns + column]);
                }
        return pred.Count == 0 || pred.Exists(double.IsNaN) ? double.NaN : OfPairs([.. pred], [.. target]);
    }

    /// <summary>Computes the metric over one element or more, none of them NaN.</summary>
    private protected abstract double OfPairs(double[] pred, double[] target);

    /// <summary>Computes Pearson's correlation; NaN when one side is constant.</summary>
    private protected static double Correlation(double[] left, double[] right)
    {
        (double leftMean, double rightMean) = (left.Average(), right.Average());
        (double both, double leftOnly, double rightOnly) = (0, 0, 0);
        for (int i = 0; i < left.Length; i++)
        {
            (double x, double y) = (left[i] - leftMean, right[i] - rightMean);
            both += x * y;
            leftOnly += x * x;
            rightOnly += y * y;
        }
        return IsConstant(left) || IsConstant(right) ? double.NaN : Math.Clamp(both / Math.Sqrt(leftOnly) / Math.Sqrt(rightOnly), -1, 1);
    }

    /// <summary>Tells whether all values are equal: their mean may be rounded away from them.</summary>
    private protected static bool IsConstant(double[] values) => !Array.Exists(values, value => value != values[0]);
}
