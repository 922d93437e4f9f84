using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Keeps a metric's rows from a checkpoint until the metric asks for them.</summary>
internal sealed class ResumedRows
{
    private readonly double[] _values;
    private readonly long[] _shape;

    private ResumedRows(double[] values, long[] shape) => (_values, _shape) = (values, shape);

    /// <summary>Gets the number of rows.</summary>
    public long Count => _shape[0];

    public static ResumedRows Of(Tensor rows)
    {
        if (rows.dtype != ScalarType.Float64 || rows.dim() is not (1 or 2))
            throw new InvalidDataException($"The rows of a metric are {rows.dtype} {ShapeText.Of(rows)}, and must be Float64 [N, K].");
        double[] values = new double[rows.numel()];
        rows.bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return new ResumedRows(values, rows.shape);
    }

    /// <summary>Puts further rows behind these.</summary>
    /// <exception cref="InvalidDataException">They hold other numbers of values.</exception>
    public ResumedRows With(ResumedRows other)
    {
        if (Count == 0 || other.Count == 0)
            return Count == 0 ? other : this;
        return _shape.AsSpan(1).SequenceEqual(other._shape.AsSpan(1)) ? new([.. _values, .. other._values], [Count + other.Count, .. _shape.AsSpan(1)])
            : throw new InvalidDataException("The rows of a metric have other numbers of values in one process than in another.");
    }

    public void RestoreTo(MetricCollector collector)
    {
        using Tensor rows = ToTensor();
        collector.Restore(rows);
    }

    public Tensor ToTensor()
    {
        using Tensor flat = tensor(_values);
        return flat.reshape(_shape);
    }
}
