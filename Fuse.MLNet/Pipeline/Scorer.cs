using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Runs a trained network on rows of stored bytes. Safe from many threads at once: it changes neither the module nor any global state.</summary>
internal sealed class Scorer(LightningModule module, Device device, IReadOnlyList<FittedOutput> outputs) : IDisposable
{
    private volatile bool _disposed;

    public LightningModule Module => module;

    public IReadOnlyList<FittedOutput> Outputs => outputs;

    /// <summary>Runs one forward pass.</summary>
    /// <param name="bindings">The input columns.</param>
    /// <param name="inputs">For each input column, its rows behind each other.</param>
    /// <param name="rows">The number of rows.</param>
    /// <returns>For each output, its values row by row.</returns>
    public float[][] Score(IReadOnlyList<ColumnBinding> bindings, byte[][] inputs, int rows)
    {
        ThrowIfDisposed();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var batch = new BatchDict { RowCount = rows, Phase = Phase.Predict };
        for (int i = 0; i < bindings.Count; i++)
        {
            Tensor stored = TensorBatch.Allocate(bindings[i], rows);
            inputs[i].AsSpan(0, rows * bindings[i].RowBytes).CopyTo(stored.bytes);
            batch[bindings[i].Key] = TensorBatch.Finish(bindings[i], stored, device);
        }
        BatchDict result = Forward(batch);
        float[][] values = new float[outputs.Count][];
        for (int i = 0; i < values.Length; i++)
            values[i] = Read(outputs[i], result[outputs[i].Key], rows);
        return values;
    }

    public void ThrowIfDisposed()
    {
        if (_disposed)
            throw new ObjectDisposedException(nameof(FuseTransformer),
                "The model was disposed. A PredictionEngine disposes the model it was made from; to keep it, pass new PredictionEngineOptions { OwnsTransformer = false }.");
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        module.Dispose();
    }

    private BatchDict Forward(BatchDict batch)
    {
        try
        {
            return module.PredictStep(batch);
        }
        catch (Exception error) when (error is ExternalException or InvalidOperationException or ArgumentException)
        {
            throw MLNetErrors.Mark(new InvalidOperationException(
                $"The network failed: {NativeErrors.FirstLine(error)}{Environment.NewLine}The batch holds:{Environment.NewLine}{batch}", error));
        }
    }

    private static float[] Read(FittedOutput output, Tensor value, int rows)
    {
        if (value.dim() == 0 || value.shape[0] != rows || value.numel() != (long)rows * output.Width)
            throw new InvalidOperationException($"The output '{output.Key}' is [{string.Join(", ", value.shape)}] for {rows} rows; expected [{rows}, {string.Join(", ", output.Shape)}].");
        Tensor activated = output.Activation.Apply(value).to(ScalarType.Float32).cpu().contiguous();
        float[] values = new float[rows * output.Width];
        activated.bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
