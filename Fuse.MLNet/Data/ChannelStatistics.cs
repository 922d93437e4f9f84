namespace Fuse.MLNet;

/// <summary>Measures mean and standard deviation of a column's rows, for each index of its shape's first dimension.</summary>
/// <remarks>Values that are not finite are left out; a channel that never varies gets the standard deviation 1.</remarks>
internal sealed class ChannelStatistics
{
    private readonly ColumnBinding _binding;
    private readonly double[] _mean;
    private readonly double[] _squares;
    private readonly long[] _counts;
    private readonly double[] _values;

    public ChannelStatistics(ColumnBinding binding)
    {
        _binding = binding;
        int channels = binding.RowShape.Count == 0 ? 1 : (int)binding.RowShape[0];
        (_mean, _squares, _counts) = (new double[channels], new double[channels], new long[channels]);
        _values = new double[binding.RowElements];
    }

    /// <summary>Measures the training rows of a source, which are read for it.</summary>
    /// <param name="source">The rows; only columns that are to be standardized are read.</param>
    /// <param name="checkAlive">Called for each row; throws when the work was cancelled.</param>
    /// <returns>The measured columns, in the order of the source's.</returns>
    public static TensorColumn[] Measure(RowSource source, Action checkAlive)
    {
        ChannelStatistics[] statistics = [.. source.Bindings.Select(binding => new ChannelStatistics(binding))];
        byte[][] rows = [.. source.Bindings.Select(binding => new byte[binding.RowBytes])];
        using RowCursor cursor = source.Open();
        while (cursor.MoveNext())
        {
            checkAlive();
            for (int i = 0; i < rows.Length && cursor.Part == RowPart.Training; i++)
            {
                cursor.Read(i, rows[i]);
                statistics[i].Add(rows[i]);
            }
        }
        return [.. statistics.Select(each => each.Column())];
    }

    /// <summary>Measures a column that is kept in memory.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="column">The column, by its place among the bindings.</param>
    public static TensorColumn Measure(StagedRows rows, int column)
    {
        StagedColumn staged = rows.Column(column);
        var statistics = new ChannelStatistics(staged.Binding);
        for (int row = 0; row < rows.Count; row++)
            statistics.Add(staged.Row(row));
        return statistics.Column();
    }

    private void Add(ReadOnlySpan<byte> row)
    {
        _binding.ReadNumbers(row, _values);
        int perChannel = _values.Length / _mean.Length;
        for (int i = 0; i < _values.Length; i++)
        {
            if (!double.IsFinite(_values[i]))
                continue;
            // Welford's update: exact enough for columns far from zero.
            int channel = i / perChannel;
            double delta = _values[i] - _mean[channel];
            _mean[channel] += delta / ++_counts[channel];
            _squares[channel] += delta * (_values[i] - _mean[channel]);
        }
    }

    /// <summary>Returns the column with its <see cref="TensorColumn.Mean"/> and <see cref="TensorColumn.StandardDeviation"/> as measured.</summary>
    private TensorColumn Column() => _binding.Column with
    {
        Standardize = false,
        Mean = ValueList.Create<float>([.. _mean.Select(value => (float)value)]),
        StandardDeviation = ValueList.Create<float>([.. _squares.Zip(_counts, (sum, count) => Deviation(sum, count))]),
    };

    private static float Deviation(double squares, long count)
    {
        float deviation = count > 0 ? (float)Math.Sqrt(squares / count) : 0;
        return deviation > 0 && float.IsFinite(deviation) ? deviation : 1;
    }
}
