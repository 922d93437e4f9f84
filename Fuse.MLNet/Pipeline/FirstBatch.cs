namespace Fuse.MLNet;

/// <summary>Runs a network once before training, to learn which columns it reads and what shapes it gives, and to fail early and clearly.</summary>
internal sealed class FirstBatch
{
    private readonly Dictionary<string, long[]> _shapes;
    private readonly HashSet<string> _distributions;
    private readonly int _rows;

    private FirstBatch(int rows, IReadOnlySet<string> readKeys, IReadOnlyCollection<KeyValuePair<string, Tensor>> values)
    {
        _rows = rows;
        ReadKeys = readKeys;
        _shapes = values.ToDictionary(pair => pair.Key, pair => pair.Value.shape);
        _distributions = [.. values.Where(pair => SumsToOne(pair.Value)).Select(pair => pair.Key)];
    }

    /// <summary>Gets the batch keys that the network read.</summary>
    public IReadOnlySet<string> ReadKeys { get; }

    /// <summary>Runs the network on a batch, in evaluation mode and without gradients.</summary>
    /// <exception cref="InvalidOperationException">The network failed; the message shows the batch.</exception>
    /// <param name="module">The network.</param>
    /// <param name="source">The training rows.</param>
    /// <param name="checkAlive">Throws when the work was cancelled, which the first row may outlast.</param>
    public static FirstBatch Run(LightningModule module, IBatchSource source, Action checkAlive)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using IBatchReader reader = source.Open(shuffledEpoch: null);
        while (!reader.Wait(isNeeded: false))
            checkAlive();
        BatchDict batch = reader.Next() ?? throw MLNetErrors.Mark(new InvalidOperationException("There is no training row: the input is empty, or all rows went to validation or were left out for NaN or infinite features."));
        if (batch.RowCount == 0)
            throw MLNetErrors.Mark(new InvalidOperationException("There are fewer training rows than processes that train together: start fewer of them, or train in one."));
        var read = new HashSet<string>(StringComparer.Ordinal);
        batch.Phase = Phase.Predict;
        // Scoring has no ids: a network that needs them must not come that far.
        batch.Remove(BatchKeys.SampleId);
        batch.ReadKeys = read;
        module.eval();
        module.Logged.IsMuted = true;
        BatchDict result = BatchErrors.Guard(() => "The network failed on the first batch, before training", batch, () => module.PredictStep(batch));
        module.Logged.IsMuted = false;
        // What follows reads every key.
        result.ReadKeys = null;
        return new FirstBatch(batch.RowCount, read, [.. result.Where(pair => pair.Value is Tensor).Select(pair => KeyValuePair.Create(pair.Key, (Tensor)pair.Value))]);
    }

    /// <summary>Gets the shape of a key after the forward pass.</summary>
    /// <exception cref="InvalidOperationException">The network made no such key.</exception>
    public long[] ShapeOf(string key, string outputName)
    {
        if (_shapes.TryGetValue(key, out long[]? shape))
            return shape.Length > 0 && shape[0] == _rows ? shape
                : throw MLNetErrors.Mark(new InvalidOperationException(
                    $"The output column '{outputName}' is read from '{key}', which the model gave as [{string.Join(", ", shape)}] for a batch of {_rows} rows: its first dimension must be the row."));
        throw MLNetErrors.Mark(new InvalidOperationException($"The output column '{outputName}' is read from '{key}', which the model does not make. {ClosestName.Hint(key, _shapes.Keys)}"));
    }

    /// <summary>Tells whether a key held a distribution in every row, as softmax gives it.</summary>
    public bool IsDistribution(string key) => _distributions.Contains(key);

    private static bool SumsToOne(Tensor value) => value.dim() == 2 && value.shape[1] > 1 && value.is_floating_point()
        && value.ge(0).all().IsTrue() && (value.sum(1) - 1).abs().lt(1e-4).all().IsTrue();
}
