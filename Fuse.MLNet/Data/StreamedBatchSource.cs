namespace Fuse.MLNet;

/// <summary>Gives batches of rows that are read anew in each pass, in memory that does not depend on their number.</summary>
internal sealed class StreamedBatchSource : IBatchSource
{
    private const long RingBytes = 32 << 20;
    private const int FewestBuffers = 2;
    private const int MostBuffers = 32;
    private readonly RowSource _source;
    private readonly RowPart _part;
    private readonly int _batchSize;
    private readonly RowShare _share;
    private readonly Device _device;
    private readonly long? _knownRows;
    private BatchBuffer[]? _buffers;
    private ShuffleBuffer? _shuffle;
    private StagedBatchSource? _kept;
    private long? _epochRows;
    private bool _hadRows;
    private bool _hasWarned;

    /// <summary>Makes the source of the batches of a part of the rows.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="part">Which of them are given.</param>
    /// <param name="share">The number of rows of a batch, and which of them this process takes.</param>
    /// <param name="device">The device of the batches.</param>
    public StreamedBatchSource(RowSource source, RowPart part, RowShare share, Device device)
    {
        (_source, _part, _share, _batchSize, _device) = (source, part, share, share.RowsOfAll, device);
        _knownRows = source.Count(part);
    }

    /// <summary>Gets what throws when the run was cancelled; called for each row, on the reading thread.</summary>
    public required Action CheckAlive { get; init; }

    /// <summary>Gets how many batches of each pass are given, or null for all; a fraction needs a known number of rows.</summary>
    public BatchLimit? Limit { get; init; }

    /// <summary>Gets what changes the batches of epochs, or null when they stay as the data has them.</summary>
    public Augmenter? Augmenter { get; init; }

    /// <summary>Gets among how many rows those of an epoch are shuffled; null keeps their order.</summary>
    public int? ShuffleBufferRows { get; init; }

    /// <summary>Gets the seed of the shuffling.</summary>
    public long Seed { get; init; }

    /// <summary>Gets the memory in which the rows stay after the first pass, if they fit; null always reads them anew.</summary>
    public StagingBudget? Keep { get; init; }

    /// <summary>Gets what the rows are called in messages.</summary>
    public string What { get; init; } = "The rows";

    /// <summary>Gets what to do when a first pass gives no row.</summary>
    public Action WhenEmpty { get; init; } = () => { };

    /// <summary>Gets what takes warnings about the rows.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    public long? RowCount => _epochRows ?? (_knownRows is { } rows ? Limited(rows) : null);

    /// <summary>Gets the number of rows of a pass as far as it can be told: a limit's when nothing else is known.</summary>
    public long? ExpectedRows => RowCount ?? (long?)Limit?.Batches * _batchSize;

    /// <summary>Gets the number of batches that a limit leaves, or null when it leaves all.</summary>
    private long? MaxBatches => Limit is { IsFraction: false } ? Limit.Batches : _knownRows is { } rows && Limited(rows) < rows ? Limited(rows) / _batchSize : null;

    private bool IsTraining => ShuffleBufferRows is not null;

    public void Expect(long rows) => _epochRows ??= rows;

    public IBatchReader Open(int? shuffledEpoch, int firstBatch = 0)
    {
        if (_kept is not null)
            return _kept.Open(shuffledEpoch, firstBatch);
        var pass = new StreamedPass
        {
            Source = _source,
            Part = _part,
            BatchSize = _batchSize,
            JoinsLoneRow = shuffledEpoch is not null && _batchSize > 1,
            FirstBatch = firstBatch,
            MaxBatches = MaxBatches,
            Shuffle = shuffledEpoch is { } epoch && ShuffleBufferRows is { } slots ? Shuffle(slots, epoch) : null,
            Keep = Keep is null || _hadRows ? null : new StagedRows(_source),
            KeptBytes = Keep?.Left ?? 0,
            CheckAlive = CheckAlive,
        };
        _buffers ??= Ring();
        return new StreamedReader(this, pass, shuffledEpoch, _buffers);
    }

    /// <summary>Makes a batch of a filled buffer, in the current dispose scope.</summary>
    public BatchDict ToBatch(BatchBuffer filled, int? epoch)
    {
        _hadRows = true;
        bool isCountedElsewhere = _share.Rank > 0 && _share.IsTooSmall(filled.Count, epoch is not null);
        filled.Keep(_share.Of(filled.Count, epoch is not null));
        BatchDict batch = epoch is null || Augmenter is null ? filled.ToBatch(_device) : Augmenter.Augmented(() => filled.ToBatch(_device), epoch.Value, filled.Indices);
        batch.IsCountedElsewhere = isCountedElsewhere;
        return batch;
    }

    /// <summary>Takes what a pass found out about the rows, when its last batch was given.</summary>
    /// <exception cref="InvalidOperationException">It gave no row, and one before it did.</exception>
    public void EndPass(StreamedPass pass, int? epoch)
    {
        if (pass.Rows == 0)
        {
            if (_hadRows)
                throw MLNetErrors.Mark(new InvalidOperationException($"{What}: a pass before gave rows and this one none, so the source can be read only once. Rows that are streamed are " +
                    "read anew in every epoch; keep them in memory by a larger StagingBytes, or write them to a file first."));
            WhenEmpty();
        }
        else if (epoch is not null || !IsTraining)
        {
            if (RowCount is { } before && before != pass.Rows)
                Warn($"{What}: a pass gave {pass.Rows}, where {before} were expected. Rows that are streamed are read anew in every epoch and should be the same each time: " +
                    "a split, a schedule and a resumed run count on it.");
            _epochRows = pass.Rows;
        }
        WarnOfRows(pass);
        if (pass.Keep is not { } kept)
            return;
        Keep!.Take(kept.Bytes);
        kept.Complete();
        _kept = new StagedBatchSource(kept, new FixedOrder(kept.Count), _source.Bindings, _share, _device) { Limit = MaxBatches is { } batches ? BatchLimit.Of((int)batches) : null };
        _buffers = null;
    }

    private void WarnOfRows(StreamedPass pass)
    {
        foreach (string warning in _hasWarned ? [] : pass.Warnings)
            Warn(warning);
        _hasWarned = true;
    }

    private long Limited(long rows) => Limit?.Rows(rows, _batchSize, joinsLoneRow: IsTraining) ?? rows;

    private ShuffleBuffer Shuffle(int slots, int epoch)
    {
        _shuffle ??= new ShuffleBuffer(_source, slots, Seed);
        _shuffle.Begin(epoch);
        return _shuffle;
    }

    private BatchBuffer[] Ring()
    {
        double count = Math.Clamp(RingBytes / Math.Max(1, _batchSize * (double)_source.RowBytes), FewestBuffers, MostBuffers);
        return [.. Enumerable.Range(0, (int)count).Select(_ => new BatchBuffer(_source, _batchSize < Array.MaxLength ? _batchSize + 1 : _batchSize))];
    }
}
