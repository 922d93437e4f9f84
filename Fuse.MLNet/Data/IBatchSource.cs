namespace Fuse.MLNet;

/// <summary>Gives the batches of one pass over a set of rows.</summary>
internal interface IBatchSource
{
    /// <summary>Starts a pass. The order is the rows' own, or the epoch's permutation of them.</summary>
    /// <param name="shuffledEpoch">The epoch whose permutation to use, or null to keep the order.</param>
    IBatchReader Open(int? shuffledEpoch);
}
