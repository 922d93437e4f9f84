namespace Fuse.MLNet;

/// <summary>Makes the batch's tensor of one column from rows of stored bytes.</summary>
internal static class TensorBatch
{
    [ThreadStatic]
    private static Action<Tensor>? s_constantMade;

    /// <summary>Has an action called, until what is returned is disposed, with each tensor that this thread makes of a column's means or deviations.</summary>
    public static IDisposable WatchConstants(Action<Tensor> made)
    {
        s_constantMade = made;
        return new Watch();
    }

    /// <summary>Takes memory for rows in the stored type; its bytes are to be filled before <see cref="Finish"/>.</summary>
    /// <exception cref="InvalidOperationException">They are more than 2 GB.</exception>
    public static Tensor Allocate(ColumnBinding binding, int rows)
    {
        Check(binding, rows);
        return empty([rows, .. binding.RowShape], binding.StoredType, CPU);
    }

    /// <summary>Checks that rows are not too many for one batch.</summary>
    /// <exception cref="InvalidOperationException">They are more than 2 GB.</exception>
    public static void Check(ColumnBinding binding, int rows)
    {
        if (rows * (long)binding.RowBytes > Array.MaxLength)
            throw MLNetErrors.Mark(new InvalidOperationException($"A batch of {rows} rows has more than 2 GB in column '{binding.Column.ColumnName}'; lower BatchSize."));
    }

    /// <summary>Moves filled rows to the device, converts them to the tensor's type and normalizes them.</summary>
    public static Tensor Finish(ColumnBinding binding, Tensor rows, Device device)
    {
        Tensor tensor = Move(rows, device);
        if (binding.DType != binding.StoredType)
            tensor = tensor.to(binding.DType);
        if (binding.Divisor != 1)
            tensor = tensor.div(Move(torch.tensor([binding.Divisor], dtype: tensor.dtype), device));
        return Normalize(tensor, binding.Column.Mean, binding.Column.StandardDeviation);
    }

    /// <summary>Subtracts means and divides by deviations: one for all, or one for each channel.</summary>
    public static Tensor Normalize(Tensor tensor, ValueList<float>? mean, ValueList<float>? deviation)
    {
        if (mean is null && deviation is null)
            return tensor;
        if (!tensor.is_floating_point())
            tensor = tensor.to(ScalarType.Float32);
        if (mean is not null)
            tensor = tensor.sub(PerChannel(mean, tensor));
        if (deviation is not null)
            tensor = tensor.div(PerChannel(deviation, tensor));
        return tensor;
    }

    private static Tensor Move(Tensor host, Device device) => device.type switch
    {
        DeviceType.CPU => host,
        // The driver has its own copy of the memory when this returns, and what the device computes is not waited for. To copy it into pinned memory first took longer.
        DeviceType.CUDA => host.to(device, non_blocking: true),
        _ => host.to(device),
    };

    private static Tensor PerChannel(ValueList<float> values, Tensor like)
    {
        Tensor flat = Move(tensor(values.ToArray(), dtype: like.dtype), like.device);
        s_constantMade?.Invoke(flat);
        return values.Count == 1 ? flat : flat.reshape([values.Count, .. Enumerable.Repeat(1L, (int)like.dim() - 2)]);
    }

    private sealed class Watch : IDisposable
    {
        public void Dispose() => s_constantMade = null;
    }
}
