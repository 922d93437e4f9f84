using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Keeps a metric's rows from a checkpoint until the metric asks for them.</summary>
internal sealed class MetricTable
{
    private readonly double[] _values;
    private readonly long[] _shape;

    private MetricTable(double[] values, long[] shape) => (_values, _shape) = (values, shape);

    public static MetricTable Of(Tensor rows)
    {
        double[] values = new double[rows.numel()];
        rows.bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return new MetricTable(values, rows.shape);
    }

    public void RestoreTo(MetricCollector collector)
    {
        using Tensor flat = tensor(_values);
        using Tensor rows = flat.reshape(_shape);
        collector.Restore(rows);
    }
}
