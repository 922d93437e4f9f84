namespace Fuse.MLNet;

/// <summary>Makes the batch that scoring works on.</summary>
internal static class ScoringBatch
{
    /// <summary>Makes a batch of stored rows, in the current dispose scope.</summary>
    public static BatchDict Create(IReadOnlyList<ColumnBinding> bindings, byte[][] inputs, int rows, Device device, Phase phase)
    {
        var batch = new BatchDict { RowCount = rows, Phase = phase };
        for (int i = 0; i < bindings.Count; i++)
        {
            Tensor stored = TensorBatch.Allocate(bindings[i], rows);
            inputs[i].AsSpan(0, rows * bindings[i].RowBytes).CopyTo(stored.bytes);
            batch[bindings[i].Key] = TensorBatch.Finish(bindings[i], stored, device);
        }
        return batch;
    }

    /// <summary>Copies a tensor's values to memory as Single.</summary>
    public static float[] ToArray(Tensor values)
    {
        using Tensor flat = values.to(ScalarType.Float32).cpu().contiguous();
        float[] array = new float[flat.numel()];
        flat.bytes.CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsBytes(array.AsSpan()));
        return array;
    }
}
