namespace Fuse.MLNet.Tests;

/// <summary>Copies batches to the first GPU.</summary>
internal static class CudaBatch
{
    public static BatchDict Of(BatchDict host)
    {
        var batch = new BatchDict { RowCount = host.RowCount, Phase = host.Phase, GlobalStep = host.GlobalStep };
        foreach ((string key, object value) in host)
            if (value is Tensor tensor)
                batch[key] = tensor.detach().to(new Device(DeviceType.CUDA, 0)).requires_grad_(tensor.requires_grad);
            else
                batch.Set(key, value);
        return batch;
    }
}
