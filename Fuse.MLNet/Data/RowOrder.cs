namespace Fuse.MLNet;

/// <summary>Says which of the rows that are kept in memory the epochs of a run visit, and in which order.</summary>
/// <param name="count">The number of rows.</param>
internal abstract class RowOrder(int count)
{
    /// <summary>Gets the number of rows.</summary>
    public int Count => count;

    /// <summary>Gets the number of rows that an epoch visits.</summary>
    public virtual int EpochLength => count;

    /// <summary>Gets whether an epoch may visit a row more than once.</summary>
    public virtual bool Repeats => false;

    /// <summary>
    /// Gets the rows of an epoch in the order of their visit, null for their own: a function of the epoch alone, so that a resumed run needs no replay.
    /// </summary>
    public abstract int[]? OfEpoch(int epoch);
}
