using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Runs a trained network on rows of stored bytes. Safe from many threads at once: it changes neither the module nor any global state.</summary>
internal sealed class Scorer(LightningModule module, Device device, IReadOnlyList<FittedOutput> outputs) : IBatchScorer, IDisposable
{
    private volatile bool _disposed;

    public LightningModule Module => module;

    /// <summary>Runs one forward pass.</summary>
    /// <inheritdoc/>
    public float[][] Score(IReadOnlyList<ColumnBinding> bindings, byte[][] inputs, int rows)
    {
        ThrowIfDisposed();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        BatchDict result = Forward(ScoringBatch.Create(bindings, inputs, rows, device, Phase.Predict));
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
        return ScoringBatch.ToArray(output.Activation.Apply(value));
    }
}
