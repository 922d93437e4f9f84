namespace Fuse.MLNet;

/// <summary>Makes the sources of batches that the options of a run ask for.</summary>
internal sealed class BatchSources(FuseTrainer.TrainingOptions options, long seed, Device device)
{
    /// <summary>Makes the source of the training batches.</summary>
    public StagedBatchSource Training(StagedRows rows, IReadOnlyList<ColumnBinding> bindings) =>
        new(rows, Order(rows, bindings), bindings, options.BatchSize, device)
        {
            Limit = options.OverfitBatches is null ? options.LimitTrainBatches : null,
            Augmenter = options.Augment.Count > 0 ? new Augmenter([.. options.Augment], seed, device) : null,
        };

    /// <summary>Makes a source of batches that measure the network, or returns null when there are no rows.</summary>
    public StagedBatchSource? Validation(StagedRows rows, int[] indices, IReadOnlyList<ColumnBinding> bindings) => indices.Length == 0 ? null
        : new(rows, new FixedOrder(indices), bindings, options.BatchSize, device) { Limit = options.OverfitBatches is null ? options.LimitValidationBatches : null };

    /// <summary>Makes a source of the rows that are overfitted, to measure the network on them.</summary>
    public StagedBatchSource? Overfitted(StagedRows rows, IReadOnlyList<ColumnBinding> bindings) => Validation(rows, OverfittedRows(rows.Training), bindings);

    private RowOrder Order(StagedRows rows, IReadOnlyList<ColumnBinding> bindings) => options.OverfitBatches is not null ? new FixedOrder(OverfittedRows(rows.Training))
        : options.Sampler is { } sampler && rows.Training.Length > 0
            ? sampler.Order(rows.Column(bindings.TakeWhile(binding => binding.Key != sampler.BalancedClassKey).Count()), rows.Training, options.BatchSize, seed)
            : new ShuffledOrder(rows.Training, seed);

    private int[] OverfittedRows(int[] rows) => rows[..BatchLimit.Of(options.OverfitBatches!.Value).Rows(rows.Length, options.BatchSize, joinsLoneRow: true)];
}
