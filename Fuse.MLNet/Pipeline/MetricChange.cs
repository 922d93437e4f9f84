namespace Fuse.MLNet;

/// <summary>Holds how much a loss or metric changed over several permutations: its value with permuted rows, less its value without, as ML.NET's permutation feature importance counts.</summary>
/// <remarks>An important column makes a loss rise, a positive change, and an accuracy fall, a negative one.</remarks>
public sealed record MetricChange
{
    internal MetricChange(string name, double baseline, IReadOnlyList<double> permuted)
    {
        Name = name;
        Baseline = baseline;
        Count = permuted.Count;
        Mean = permuted.Average(value => value - baseline);
        StandardDeviation = Count == 1 ? 0 : Math.Sqrt(permuted.Sum(value => (value - baseline - Mean) * (value - baseline - Mean)) / (Count - 1));
    }

    /// <summary>Gets the name, such as <c>test.metrics.accuracy</c>.</summary>
    public string Name { get; }

    /// <summary>Gets the value of the rows as they are.</summary>
    public double Baseline { get; }

    /// <summary>Gets the mean change.</summary>
    public double Mean { get; }

    /// <summary>Gets the sample standard deviation of the change; 0 for one permutation.</summary>
    public double StandardDeviation { get; }

    /// <summary>Gets the standard error of the mean change; 0 for one permutation.</summary>
    public double StandardError => StandardDeviation / Math.Sqrt(Count);

    /// <summary>Gets the number of permutations.</summary>
    public int Count { get; }
}
