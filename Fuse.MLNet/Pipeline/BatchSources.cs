using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Makes the sources of batches that the options of a run ask for.</summary>
internal sealed class BatchSources(FuseTrainer.TrainingOptions options, RowShare share, long seed, Device device)
{
    private const int DefaultShuffleRows = 16_384;
    private const long DefaultShuffleBytes = 256 << 20;

    /// <summary>Gets what throws when the run was cancelled.</summary>
    public required Action CheckAlive { get; init; }

    /// <summary>Gets what takes warnings about the rows.</summary>
    public required Action<string> Warn { get; init; }

    /// <summary>Makes the source of the training batches, of rows in memory.</summary>
    public StagedBatchSource Training(StagedSplit rows, IReadOnlyList<ColumnBinding> bindings) =>
        new(rows.Training, Order(rows, bindings), bindings, share, device)
        {
            Limit = options.OverfitBatches is null ? options.LimitTrainBatches : null,
            Augmenter = Augmenter(),
            SourceIndex = rows.SourceIndex,
        };

    /// <summary>Makes the source of the training batches, of rows that are read anew in each epoch.</summary>
    /// <exception cref="InvalidOperationException">An option needs the rows in memory.</exception>
    public StreamedBatchSource Training(RowSource rows)
    {
        CheckStreamed(rows);
        return new(rows, RowPart.Training, share, device)
        {
            CheckAlive = CheckAlive,
            Warn = Warn,
            What = "The training rows",
            Limit = options.LimitTrainBatches,
            Augmenter = Augmenter(),
            ShuffleBufferRows = ShuffleRows(rows),
            Seed = seed,
        };
    }

    /// <summary>Throws when an option needs the training rows in memory, which are to be streamed.</summary>
    /// <exception cref="InvalidOperationException">One does.</exception>
    public void CheckStreamed(RowSource rows)
    {
        if (options.Sampler is not null)
            throw NeedsMemory(nameof(options.Sampler), "the classes of all rows before the first batch", rows);
        Checked(options.LimitTrainBatches, nameof(options.LimitTrainBatches), rows, RowPart.Training);
    }

    /// <summary>Makes a source of batches that measure the network, of rows in memory, or returns null when there are none.</summary>
    public StagedBatchSource? Validation(StagedRows rows, IReadOnlyList<ColumnBinding> bindings) => rows.Count == 0 ? null
        : new(rows, new FixedOrder(rows.Count), bindings, share, device) { Limit = options.LimitValidationBatches };

    /// <summary>Makes a source of the rows that are overfitted, to measure the network on them, or returns null when there are none.</summary>
    public StagedBatchSource? Overfitted(StagedRows rows, IReadOnlyList<ColumnBinding> bindings) => rows.Count == 0 ? null
        : new(rows, new FixedOrder(OverfittedRows(rows.Count)), bindings, share, device);

    /// <summary>Gets how many of the first training rows tell which of them are overfitted: two more show whether a last row is alone and joins the batch before it.</summary>
    public long RowsToOverfit => (options.OverfitBatches!.Value * (long)share.RowsOfAll) + 2;

    /// <summary>Makes a source of batches that measure the network, of rows that are read anew in each pass, at least in the first.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="part">Which of them.</param>
    /// <param name="budget">The memory in which they stay after the first pass, if they fit.</param>
    /// <param name="what">What they are called in messages.</param>
    /// <param name="whenEmpty">What to do when there are none.</param>
    /// <exception cref="InvalidOperationException">An option needs the rows in memory.</exception>
    public StreamedBatchSource Validation(RowSource rows, RowPart part, StagingBudget budget, string what, Action whenEmpty) => new(rows, part, share, device)
    {
        CheckAlive = CheckAlive,
        Warn = Warn,
        What = what,
        WhenEmpty = whenEmpty,
        Keep = budget,
        Limit = Checked(options.LimitValidationBatches, nameof(options.LimitValidationBatches), rows, part),
    };

    /// <summary>Gets the number of rows among which streamed rows are shuffled.</summary>
    public int ShuffleRows(RowSource rows) =>
        options.ShuffleBufferRows ?? (int)Math.Max(share.RowsOfAll, Math.Min(DefaultShuffleRows, DefaultShuffleBytes / Math.Max(1, rows.RowBytes)));

    private Augmenter? Augmenter() => options.Augment.Count > 0 ? new Augmenter([.. options.Augment], seed, device) : null;

    private RowOrder Order(StagedSplit rows, IReadOnlyList<ColumnBinding> bindings) => options.OverfitBatches is not null ? new FixedOrder(OverfittedRows(rows.Training.Count))
        : options.Sampler is { } sampler && rows.Training.Count > 0
            ? sampler.Order(rows, rows.Training.Column(bindings.TakeWhile(binding => binding.Key != sampler.BalancedClassKey).Count()), share.RowsOfAll, seed)
            : new ShuffledOrder(rows.Training.Count, seed);

    private int OverfittedRows(int rows) => (int)BatchLimit.Of(options.OverfitBatches!.Value).Rows(rows, share.RowsOfAll, joinsLoneRow: true);

    private BatchLimit? Checked(BatchLimit? limit, string option, RowSource rows, RowPart part) =>
        limit is { IsFraction: true } && rows.Count(part) is null ? throw NeedsMemory($"{option} = {limit}", "the number of rows, which is not known before all are read", rows) : limit;

    private Exception NeedsMemory(string option, string needs, RowSource rows) => MLNetErrors.Mark(new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
        $"{option} needs {needs}, and the rows are streamed because they do not fit {nameof(options.StagingBytes)}: raise it ({rows.RowBytes} bytes a row), or do without {option.Split(' ')[0]}.")));
}
