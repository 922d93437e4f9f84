using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Keeps a metric's rows from a checkpoint until the metric asks for them.</summary>
internal sealed class ResumedRows
{
    private readonly double[] _values;
    private readonly long[] _shape;

    private ResumedRows(double[] values, long[] shape) => (_values, _shape) = (values, shape);

    public static ResumedRows Of(Tensor rows)
    {
        if (rows.dtype != ScalarType.Float64 || rows.dim() is not (1 or 2))
            throw new InvalidDataException($"The rows of a metric are {rows.dtype} {ShapeText.Of(rows)}, and must be Float64 [N, K].");
        double[] values = new double[rows.numel()];
        rows.bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return new ResumedRows(values, rows.shape);
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
