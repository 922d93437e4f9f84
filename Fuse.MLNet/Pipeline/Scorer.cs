namespace Fuse.MLNet;

/// <summary>Runs a trained network on rows of stored bytes. Safe from many threads at once: it changes neither the module nor any global state.</summary>
internal sealed class Scorer(LightningModule module, Device device, IReadOnlyList<FittedOutput> outputs) : IBatchScorer, IDisposable
{
    private readonly SharedModule _shared = new(module, nameof(FuseTransformer));

    /// <summary>Uses the module while it cannot be disposed.</summary>
    public T Use<T>(Func<LightningModule, T> use) => _shared.Use(() => use(module));

    /// <summary>Runs one forward pass.</summary>
    /// <inheritdoc/>
    public float[][] Score(IReadOnlyList<ColumnBinding> bindings, byte[][] inputs, int rows) => _shared.Use(() =>
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        BatchDict batch = ScoringBatch.Create(bindings, inputs, rows, device, Phase.Predict);
        return BatchErrors.Guard(() => "The network failed", batch, () =>
        {
            BatchDict result = module.PredictStep(batch);
            float[][] values = new float[outputs.Count][];
            for (int i = 0; i < values.Length; i++)
                values[i] = Read(outputs[i], result[outputs[i].Key], rows);
            return values;
        });
    });

    public void ThrowIfDisposed() => _shared.ThrowIfDisposed();

    public void Dispose() => _shared.Dispose();

    private static float[] Read(FittedOutput output, Tensor value, int rows)
    {
        if (value.dim() == 0 || value.shape[0] != rows || value.numel() != (long)rows * output.Width)
            throw new InvalidOperationException($"The output '{output.Key}' is [{string.Join(", ", value.shape)}] for {rows} rows; expected [{rows}, {string.Join(", ", output.Shape)}].");
        return ScoringBatch.ToArray(output.Activation.Apply(value));
    }
}
