namespace Fuse.MLNet;

/// <summary>Measures mean and standard deviation of a staged column, for each index of its shape's first dimension.</summary>
internal static class ChannelStatistics
{
    /// <summary>Returns the column with its <see cref="TensorColumn.Mean"/> and <see cref="TensorColumn.StandardDeviation"/> measured over rows.</summary>
    /// <remarks>Values that are not finite are left out; a channel that never varies gets the standard deviation 1.</remarks>
    public static TensorColumn Measure(StagedColumn column, ReadOnlySpan<int> rows)
    {
        ColumnBinding binding = column.Binding;
        int channels = binding.RowShape.Count == 0 ? 1 : (int)binding.RowShape[0];
        int perChannel = binding.RowElements / channels;
        double[] mean = new double[channels];
        double[] squares = new double[channels];
        long[] counts = new long[channels];
        double[] values = new double[binding.RowElements];
        foreach (int row in rows)
        {
            column.ReadNumbers(row, values);
            for (int i = 0; i < values.Length; i++)
            {
                if (!double.IsFinite(values[i]))
                    continue;
                // Welford's update: exact enough for columns far from zero.
                int channel = i / perChannel;
                double delta = values[i] - mean[channel];
                mean[channel] += delta / ++counts[channel];
                squares[channel] += delta * (values[i] - mean[channel]);
            }
        }
        return binding.Column with
        {
            Standardize = false,
            Mean = ValueList.Create<float>([.. mean.Select(value => (float)value)]),
            StandardDeviation = ValueList.Create<float>([.. squares.Zip(counts, (sum, count) => Deviation(sum, count))]),
        };
    }

    private static float Deviation(double squares, long count)
    {
        float deviation = count > 0 ? (float)Math.Sqrt(squares / count) : 0;
        return deviation > 0 && float.IsFinite(deviation) ? deviation : 1;
    }
}
