namespace Fuse.MLNet;

/// <summary>Holds how well one output of several was predicted, by the names of ML.NET's <c>RegressionMetrics</c>. NaN where a value is not defined.</summary>
public sealed class OutputRegressionMetrics
{
    internal OutputRegressionMetrics(string name, long count, double absolute, double squared, double deviations)
    {
        (Name, Count) = (name, count);
        MeanAbsoluteError = absolute / count;
        MeanSquaredError = squared / count;
        RootMeanSquaredError = Math.Sqrt(MeanSquaredError);
        RSquared = deviations > 0 ? 1 - (squared / deviations) : double.NaN;
    }

    /// <summary>Gets the name of the output: the slot name of the label, or its place.</summary>
    public string Name { get; }

    /// <summary>Gets the mean of |label - score|.</summary>
    public double MeanAbsoluteError { get; }

    /// <summary>Gets the mean of (label - score)^2.</summary>
    public double MeanSquaredError { get; }

    /// <summary>Gets the square root of the mean squared error.</summary>
    public double RootMeanSquaredError { get; }

    /// <summary>Gets the coefficient of determination, 1 - sum((label - score)^2) / sum((label - mean)^2); NaN when all labels are equal.</summary>
    public double RSquared { get; }

    /// <summary>Gets the number of rows in which the label is known.</summary>
    public long Count { get; }
}
