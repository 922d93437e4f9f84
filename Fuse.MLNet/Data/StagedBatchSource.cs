namespace Fuse.MLNet;

/// <summary>Gives batches of rows that are kept in memory.</summary>
internal sealed class StagedBatchSource(StagedRows rows, RowOrder order, IReadOnlyList<ColumnBinding> bindings, RowShare share, Device device) : IBatchSource
{
    private readonly int _batchSize = share.RowsOfAll;

    /// <summary>Gets how many batches of each pass are given, or null for all.</summary>
    public BatchLimit? Limit { get; init; }

    /// <summary>Gets what changes the batches of epochs, or null when they stay as the data has them.</summary>
    public Augmenter? Augmenter { get; init; }

    /// <summary>Gets what tells a row's index in the data.</summary>
    public Func<int, int> SourceIndex { get; init; } = row => row;

    public long? RowCount => Length(order.EpochLength, isEpoch: true);

    public int? ShuffleBufferRows => null;

    public void Expect(long rows)
    {
    }

    public IBatchReader Open(int? shuffledEpoch, int firstBatch = 0)
    {
        int[]? pass = shuffledEpoch is { } epoch ? order.OfEpoch(epoch) : null;
        int length = Length(pass?.Length ?? order.Count, isEpoch: shuffledEpoch is not null);
        int start = (int)Math.Min((long)firstBatch * _batchSize, length);
        // The last row was part of the batch before it: see Next.
        if (shuffledEpoch is not null && start > 0 && IsLone(length - start))
            start = length;
        return new Reader(this, pass, length, start, shuffledEpoch);
    }

    private sealed class Reader(StagedBatchSource source, int[]? pass, int length, int start, int? epoch) : IBatchReader
    {
        private readonly long[]? _visits = epoch is not null && source.CountsVisits ? Augmenter.Visits(pass!.AsSpan(0, length), source.SourceIndex) : null;
        private int _position = start;

        public double Fraction => (double)_position / length;

        public bool Wait(bool isNeeded) => true;

        public BatchDict? Next()
        {
            int left = length - _position;
            if (left <= 0)
                return null;
            // A last training batch of one row joins the one before it: batch normalization has no variance over one row.
            int count = epoch is not null && left > source.BatchSize && source.IsLone(left - source.BatchSize) ? left : Math.Min(source.BatchSize, left);
            bool isTraining = epoch is not null;
            ReadOnlyMemory<int> rows = pass is null ? source.Share<int>(Enumerable.Range(_position, count).ToArray(), isTraining) : source.Share<int>(pass.AsMemory(_position, count), isTraining);
            ReadOnlySpan<long> visits = _visits is null ? default : source.Share<long>(_visits.AsMemory(_position, count), isTraining).Span;
            _position += count;
            BatchDict batch = epoch is null ? source.Gather(rows) : source.Training(rows, epoch.Value, visits);
            batch.IsCountedElsewhere = source.IsCountedElsewhere(count, isTraining);
            return batch;
        }

        public void Dispose()
        {
        }
    }

    private int BatchSize => _batchSize;

    private bool CountsVisits => Augmenter is not null && order.Repeats;

    private int Length(int rows, bool isEpoch) => (int)(Limit?.Rows(rows, _batchSize, joinsLoneRow: isEpoch) ?? rows);

    private bool IsLone(int rows) => rows == 1 && _batchSize > 1;

    private bool IsCountedElsewhere(int rows, bool isTraining) => share.Rank > 0 && share.IsTooSmall(rows, isTraining);

    private ReadOnlyMemory<T> Share<T>(ReadOnlyMemory<T> batch, bool isTraining)
    {
        (int first, int step, int count) = share.Of(batch.Length, isTraining);
        if (step == 1)
            return batch;
        var picked = new T[count];
        for (int i = 0; i < count; i++)
            picked[i] = batch.Span[first + (i * step)];
        return picked;
    }

    private BatchDict Gather(ReadOnlyMemory<int> pass) => rows.Gather(pass.Span, bindings, device);

    private BatchDict Training(ReadOnlyMemory<int> pass, int epoch, ReadOnlySpan<long> visits) => Augmenter is null ? Gather(pass)
        : Augmenter.Augmented(() => Gather(pass), epoch, visits.IsEmpty ? Array.ConvertAll(pass.ToArray(), row => (long)SourceIndex(row)) : visits);
}
