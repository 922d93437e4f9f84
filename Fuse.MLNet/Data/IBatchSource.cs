namespace Fuse.MLNet;

/// <summary>Gives the batches of one pass over a set of rows.</summary>
internal interface IBatchSource
{
    /// <summary>Starts a pass. The order is the rows' own, or the epoch's permutation of them.</summary>
    /// <param name="shuffledEpoch">The epoch whose permutation to use, or null to keep the order.</param>
    /// <param name="firstBatch">The number of batches to leave out at the start, when a run is resumed within an epoch.</param>
    IBatchReader Open(int? shuffledEpoch, int firstBatch = 0);

    /// <summary>Gets the number of rows of an epoch, when it is known.</summary>
    long? RowCount { get; }

    /// <summary>Gets the number of rows among which streamed rows are shuffled, or null when rows are kept in memory; the order of an epoch depends on it.</summary>
    int? ShuffleBufferRows { get; }

    /// <summary>Takes the number of rows of an epoch from an earlier run, when it is not known.</summary>
    void Expect(long rows);
}
