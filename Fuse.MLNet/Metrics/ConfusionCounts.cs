namespace Fuse.MLNet;

/// <summary>Holds the weight of the rows of each true and each predicted class.</summary>
internal sealed class ConfusionCounts
{
    // Their square is a gigabyte.
    private const int MostClasses = 11_585;
    private readonly double[,] _weights;

    private ConfusionCounts(int classes)
    {
        Classes = classes;
        _weights = new double[classes, classes];
        (True, Predicted) = (new double[classes], new double[classes + 1]);
    }

    /// <summary>Gets the number of classes.</summary>
    public int Classes { get; }

    /// <summary>Gets the weight of all rows.</summary>
    public double Total { get; private set; }

    /// <summary>Gets the weight of the rows of each true class.</summary>
    public double[] True { get; }

    /// <summary>Gets the weight of the rows that were given each class, and last of those that were given none.</summary>
    public double[] Predicted { get; }

    /// <summary>Gets the weight of the rows of a true class that were given a class.</summary>
    public double this[int target, int predicted] => _weights[target, predicted];

    /// <summary>Counts rows of target, predicted class, weight, and number of classes or 0 when the highest index tells it.</summary>
    /// <exception cref="ArgumentException">A predicted class is none, or there are too many classes.</exception>
    public static ConfusionCounts Of(MetricRows rows, int? classes, string predKey)
    {
        int number = classes ?? ClassesOf(rows);
        if (number > MostClasses)
            throw new ArgumentException($"'{predKey}' has {number} classes, and a table of each against each takes {8.0 * number * number / (1 << 30):0} GB; the most are {MostClasses}. MetricAccuracy needs no such table");
        var counts = new ConfusionCounts(number);
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<double> values = rows[row];
            (int target, int predicted) = ((int)values[0], (int)values[1]);
            if (target == TensorColumn.MissingTarget)
                continue;
            if (predicted < ClassPrediction.None || predicted >= counts.Classes)
                throw new ArgumentException($"'{predKey}' holds the class index {predicted}; there are {counts.Classes} classes, " +
                    $"so indices must be 0 to {counts.Classes - 1}, or -1 for no class");
            counts.Add(target, predicted == ClassPrediction.None ? counts.Classes : predicted, values[2]);
        }
        return counts;
    }

    private void Add(int target, int predicted, double weight)
    {
        Total += weight;
        True[target] += weight;
        Predicted[predicted] += weight;
        if (predicted < Classes)
            _weights[target, predicted] += weight;
    }

    private static int ClassesOf(MetricRows rows)
    {
        int classes = 2;
        for (int row = 0; row < rows.Count; row++)
            classes = Math.Max(classes, rows[row][3] > 0 ? (int)rows[row][3] : 1 + (int)Math.Max(rows[row][0], rows[row][1]));
        return classes;
    }
}
