namespace Fuse.MLNet;

/// <summary>Gives batches of rows that are kept in memory.</summary>
internal sealed class StagedBatchSource(StagedRows rows, RowOrder order, IReadOnlyList<ColumnBinding> bindings, int batchSize, Device device) : IBatchSource
{
    /// <summary>Gets how many batches of each pass are given, or null for all.</summary>
    public BatchLimit? Limit { get; init; }

    public long? RowCount => Length(order.EpochLength, isEpoch: true);

    public IBatchReader Open(int? shuffledEpoch, int firstBatch = 0)
    {
        int[] pass = shuffledEpoch is { } epoch ? order.OfEpoch(epoch) : order.Rows;
        pass = pass[..Length(pass.Length, isEpoch: shuffledEpoch is not null)];
        int start = (int)Math.Min((long)firstBatch * batchSize, pass.Length);
        // The last row was part of the batch before it: see Next.
        if (shuffledEpoch is not null && start > 0 && IsLone(pass.Length - start))
            start = pass.Length;
        return new Reader(this, pass, start, shuffledEpoch is not null);
    }

    private sealed class Reader(StagedBatchSource source, int[] pass, int start, bool shuffled) : IBatchReader
    {
        private int _position = start;

        public double Fraction => (double)_position / pass.Length;

        public BatchDict? Next()
        {
            int left = pass.Length - _position;
            if (left <= 0)
                return null;
            // A last training batch of one row joins the one before it: batch normalization has no variance over one row.
            int count = shuffled && left > source.BatchSize && source.IsLone(left - source.BatchSize) ? left : Math.Min(source.BatchSize, left);
            BatchDict batch = source.Gather(pass.AsSpan(_position, count));
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
}
