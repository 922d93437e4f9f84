namespace Fuse.MLNet;

/// <summary>Is the base of the classification metrics that have a value for each class, one against the rest.</summary>
public abstract record ClassMetric : TargetMetric
{
    /// <summary>Names the average over classes.</summary>
    internal const string MacroAverage = "macro_avg";

    private protected ClassMetric(string pred, string target, ValueList<string>? classNames)
        : base(pred, target) => ClassNames = classNames;

    /// <summary>
    /// Gets the classes' names by index, which name the values. Default: null, two classes give one value, that of class 1, and more are named by their index.
    /// </summary>
    public ValueList<string>? ClassNames { get; init => field = MetricOption.Names(value, 2, [MacroAverage]); }

    /// <summary>Gets the batch key of the rows' weights, <c>[N]</c>, finite and 0 or more. Default: null, all rows weigh alike.</summary>
    public string? SampleWeight { get; init => field = MetricOption.OptionalKey(value); }

    /// <summary>Makes the values of all classes and their average; one value where there are two classes without names.</summary>
    private protected MetricResult PerClass(int classes, Func<int, double> value)
    {
        if (ClassNames is null && classes <= 2)
            return value(1);
        double[] values = [.. Enumerable.Range(0, classes).Select(value)];
        return MetricResult.Named([.. values.Select((one, index) => (NameOf(index), one)), (MacroAverage, Average(values))]);
    }

    /// <summary>Gets the name of a class.</summary>
    private protected string NameOf(int index) => ClassNames?[index] ?? index.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Checks the number of classes against the names.</summary>
    private protected void CheckClasses(long classes)
    {
        if (ClassNames is not null && classes != ClassNames.Count)
            throw new ArgumentException($"'{Pred}' has {classes} classes, but {nameof(ClassNames)} has {ClassNames.Count} names: {ClassNames}");
    }

    /// <summary>Averages the values that are defined; NaN when none is.</summary>
    internal static double Average(IEnumerable<double> values) => values.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Average();
}
