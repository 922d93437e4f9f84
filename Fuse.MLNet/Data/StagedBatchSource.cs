namespace Fuse.MLNet;

/// <summary>Gives batches of rows that are kept in memory.</summary>
internal sealed class StagedBatchSource(StagedRows rows, RowOrder order, IReadOnlyList<ColumnBinding> bindings, int batchSize, Device device) : IBatchSource
{
    /// <summary>Gets how many batches of each pass are given, or null for all.</summary>
    public BatchLimit? Limit { get; init; }

    /// <summary>Gets what changes the batches of epochs, or null when they stay as the data has them.</summary>
    public Augmenter? Augmenter { get; init; }

    public long? RowCount => Length(order.EpochLength, isEpoch: true);

    public IBatchReader Open(int? shuffledEpoch, int firstBatch = 0)
    {
        int[] pass = shuffledEpoch is { } epoch ? order.OfEpoch(epoch) : order.Rows;
        pass = pass[..Length(pass.Length, isEpoch: shuffledEpoch is not null)];
        int start = (int)Math.Min((long)firstBatch * batchSize, pass.Length);
        // The last row was part of the batch before it: see Next.
        if (shuffledEpoch is not null && start > 0 && IsLone(pass.Length - start))
            start = pass.Length;
        return new Reader(this, pass, start, shuffledEpoch);
    }

    private sealed class Reader(StagedBatchSource source, int[] pass, int start, int? epoch) : IBatchReader
    {
        private readonly long[]? _visits = epoch is not null && source.Augmenter is not null ? Augmenter.Visits(pass) : null;
        private int _position = start;

        public double Fraction => (double)_position / pass.Length;

        public BatchDict? Next()
        {
            int left = pass.Length - _position;
            if (left <= 0)
                return null;
            // A last training batch of one row joins the one before it: batch normalization has no variance over one row.
            int count = epoch is not null && left > source.BatchSize && source.IsLone(left - source.BatchSize) ? left : Math.Min(source.BatchSize, left);
            BatchDict batch = _visits is null ? source.Gather(pass.AsSpan(_position, count))
                : source.Augmented(pass.AsSpan(_position, count), epoch!.Value, _visits.AsSpan(_position, count));
            _position += count;
            return batch;
        }

        public void Dispose()
        {
        }
    }

    private int BatchSize => batchSize;

    private int Length(int rows, bool isEpoch) => Limit?.Rows(rows, batchSize, joinsLoneRow: isEpoch) ?? rows;

    private bool IsLone(int rows) => rows == 1 && batchSize > 1;

    private BatchDict Gather(ReadOnlySpan<int> pass) => rows.Gather(pass, bindings, device);

    private BatchDict Augmented(ReadOnlySpan<int> pass, int epoch, ReadOnlySpan<long> visits)
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Gather(pass);
        Augmenter!.Apply(batch, epoch, visits);
        foreach (Tensor value in batch.Select(pair => pair.Value).OfType<Tensor>())
            if (scope.Contains(value))
                scope.MoveToOuter(value);
        return batch;
    }
}
