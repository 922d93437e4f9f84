namespace Fuse.MLNet;

/// <summary>Says which rows of each batch a process takes when several train together: those at its rank, and each <c>Size</c> rows on.</summary>
/// <remarks>All processes read the same rows in the same order, so that what they do together is what one process does with batches as large as all of theirs.</remarks>
/// <param name="Rank">The process's place, from 0.</param>
/// <param name="Size">The number of processes.</param>
/// <param name="BatchSize">The rows of a full batch of one process.</param>
internal readonly record struct RowShare(int Rank, int Size, int BatchSize)
{
    // Batch normalization has no variance over one row.
    private int FewestRows => Math.Min(2, BatchSize);

    /// <summary>Gets the number of rows of the batch of all processes.</summary>
    public int RowsOfAll => checked(BatchSize * Size);

    /// <summary>Gets the share of a process that has its own rows, or is alone.</summary>
    public static RowShare All(int batchSize) => new(0, 1, batchSize);

    /// <summary>Gets whether a batch is too small to be shared out, so that every process computes all of it and only the first counts it.</summary>
    public bool IsTooSmall(int rows, bool isTraining) => isTraining && rows < Size * (long)FewestRows;

    /// <summary>Gets this process's rows of a batch: the first one, how far it is to the next, and how many there are.</summary>
    /// <param name="rows">The number of rows of the batch.</param>
    /// <param name="isTraining">Whether every process must have rows, as all step together.</param>
    public (int First, int Step, int Count) Of(int rows, bool isTraining) =>
        IsTooSmall(rows, isTraining) ? (0, 1, rows) : (Rank, Size, Math.Max(0, (rows - Rank + Size - 1) / Size));
}
