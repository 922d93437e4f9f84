namespace Fuse.MLNet;

/// <summary>Holds what a metric collected: one row of Float64 numbers on the host for each row of the batches.</summary>
/// <remarks>A view: selecting rows or columns copies no numbers. Rows stay valid until the metric's next batch.</remarks>
public sealed class MetricRows
{
    private readonly double[] _values;
    private readonly int[]? _rows;
    private readonly int _stride;
    private readonly int _first;

    internal MetricRows(double[] values, int count, int width)
        : this(values, null, count, width, 0, width)
    {
    }

    private MetricRows(double[] values, int[]? rows, int count, int stride, int first, int width) =>
        (_values, _rows, Count, _stride, _first, Width) = (values, rows, count, stride, first, width);

    /// <summary>Gets the number of rows.</summary>
    public int Count { get; }

    /// <summary>Gets the number of values in a row, K of the collected <c>[N, K]</c>; 0 when there is no row.</summary>
    public int Width { get; }

    /// <summary>Gets the values of a row.</summary>
    /// <param name="row">The row, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<double> this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
            return _values.AsSpan(((_rows is null ? row : _rows[row]) * _stride) + _first, Width);
        }
    }

    /// <summary>Selects rows, each as often as it is named, as a bootstrap does.</summary>
    /// <param name="rows">The indices of the rows, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is none of a row.</exception>
    public MetricRows Select(ReadOnlySpan<int> rows)
    {
        int[] selected = rows.ToArray();
        for (int i = 0; i < selected.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(selected[i], nameof(rows));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(selected[i], Count, nameof(rows));
            if (_rows is not null)
                selected[i] = _rows[selected[i]];
        }
        return new(_values, selected, selected.Length, _stride, _first, Width);
    }

    /// <summary>Selects neighbouring columns, such as those that a metric inside another collected.</summary>
    /// <param name="first">The first column, from 0.</param>
    /// <param name="count">The number of columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such columns.</exception>
    public MetricRows Columns(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, Width, nameof(count));
        return new(_values, _rows, Count, _stride, _first + first, count);
    }

    /// <summary>Copies one column.</summary>
    /// <param name="index">The column, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public double[] Column(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Width);
        var column = new double[Count];
        for (int row = 0; row < column.Length; row++)
            column[row] = this[row][index];
        return column;
    }
}
