namespace Fuse.MLNet;

/// <summary>Makes the sources of batches that the options of a run ask for.</summary>
internal sealed class BatchSources(FuseTrainer.TrainingOptions options, long seed, Device device)
{
    /// <summary>Makes the source of the training batches.</summary>
    public StagedBatchSource Training(StagedRows rows, IReadOnlyList<ColumnBinding> bindings) =>
        new(rows, Order(rows, bindings), bindings, options.BatchSize, device);

    /// <summary>Makes a source of batches that measure the network, or returns null when there are no rows.</summary>
    public StagedBatchSource? Measuring(StagedRows rows, int[] indices, IReadOnlyList<ColumnBinding> bindings) =>
        indices.Length > 0 ? new(rows, new FixedOrder(indices), bindings, options.BatchSize, device) : null;

    private RowOrder Order(StagedRows rows, IReadOnlyList<ColumnBinding> bindings) => options.Sampler is { } sampler && rows.Training.Length > 0
        ? sampler.Order(rows.Column(bindings.TakeWhile(binding => binding.Key != sampler.BalancedClassKey).Count()), rows.Training, options.BatchSize, seed)
        : new ShuffledOrder(rows.Training, seed);
}
