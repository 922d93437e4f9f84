namespace Fuse.MLNet;

/// <summary>Holds how well several numbers a row were predicted; made by <c>mlContext.Fuse().EvaluateMultiOutputRegression</c>.</summary>
/// <remarks>Each output counts alike in the means, whatever its scale, and those for which a value is not defined are left out. A label that is NaN in a row counts nowhere.</remarks>
public sealed class MultiOutputRegressionMetrics
{
    internal MultiOutputRegressionMetrics(IReadOnlyList<OutputRegressionMetrics> outputs, long rows)
    {
        (PerOutput, RowCount) = (outputs, rows);
        MeanAbsoluteError = EvaluatedRows.Mean(outputs.Select(output => output.MeanAbsoluteError));
        MeanSquaredError = EvaluatedRows.Mean(outputs.Select(output => output.MeanSquaredError));
        RootMeanSquaredError = EvaluatedRows.Mean(outputs.Select(output => output.RootMeanSquaredError));
        RSquared = EvaluatedRows.Mean(outputs.Select(output => output.RSquared));
    }

    /// <summary>Gets the mean over outputs of the mean absolute error.</summary>
    public double MeanAbsoluteError { get; }

    /// <summary>Gets the mean over outputs of the mean squared error.</summary>
    public double MeanSquaredError { get; }

    /// <summary>Gets the mean over outputs of the root of the mean squared error.</summary>
    public double RootMeanSquaredError { get; }

    /// <summary>Gets the mean over outputs of the coefficient of determination, as <c>sklearn.metrics.r2_score</c> averages.</summary>
    public double RSquared { get; }

    /// <summary>Gets the measures of each output, in their order.</summary>
    public IReadOnlyList<OutputRegressionMetrics> PerOutput { get; }

    /// <summary>Gets the number of rows.</summary>
    public long RowCount { get; }
}
