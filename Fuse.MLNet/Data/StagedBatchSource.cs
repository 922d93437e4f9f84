namespace Fuse.MLNet;

/// <summary>Gives batches of rows that are kept in memory.</summary>
internal sealed class StagedBatchSource(
    StagedRows rows, int[] indices, IReadOnlyList<ColumnBinding> bindings, int batchSize, long seed, Device device) : IBatchSource
{
    public long? RowCount => indices.Length;

    public IBatchReader Open(int? shuffledEpoch, int firstBatch = 0)
    {
        int start = (int)Math.Min((long)firstBatch * batchSize, indices.Length);
        if (shuffledEpoch is not { } epoch)
            return new Reader(this, indices, start, shuffled: false);
        // The last row was part of the batch before it: see Next.
        if (start > 0 && IsLone(indices.Length - start))
            start = indices.Length;
        int[] order = TrainingSeeds.Permutation(indices.Length, seed, epoch);
        for (int i = 0; i < order.Length; i++)
            order[i] = indices[order[i]];
        return new Reader(this, order, start, shuffled: true);
    }

    private sealed class Reader(StagedBatchSource source, int[] order, int start, bool shuffled) : IBatchReader
    {
        private int _position = start;

        public double Fraction => (double)_position / order.Length;

        public BatchDict? Next()
        {
            int left = order.Length - _position;
            if (left <= 0)
                return null;
            // A last training batch of one row joins the one before it: batch normalization has no variance over one row.
            int count = shuffled && left > source.BatchSize && source.IsLone(left - source.BatchSize) ? left : Math.Min(source.BatchSize, left);
            BatchDict batch = source.Gather(order.AsSpan(_position, count));
            _position += count;
            return batch;
        }

        public void Dispose()
        {
        }
    }

    private int BatchSize => batchSize;

    private bool IsLone(int rows) => rows == 1 && batchSize > 1;

    private BatchDict Gather(ReadOnlySpan<int> order) => rows.Gather(order, bindings, device);
}
