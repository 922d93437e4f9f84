namespace Fuse.MLNet;

/// <summary>Says which rows the epochs of a run visit, and in which order.</summary>
/// <param name="rows">The indices of the rows, in their own order.</param>
internal abstract class RowOrder(int[] rows)
{
    /// <summary>Gets the indices of the rows, each once, in their own order.</summary>
    public int[] Rows => rows;

    /// <summary>Gets the number of rows that an epoch visits.</summary>
    public virtual int EpochLength => rows.Length;

    /// <summary>Gets the rows of an epoch in the order of their visit: a function of the epoch alone, so that a resumed run needs no replay.</summary>
    public abstract int[] OfEpoch(int epoch);
}
