namespace Fuse.MLNet;

/// <summary>Reads one pass over a set of rows, batch by batch.</summary>
internal interface IBatchReader : IDisposable
{
    /// <summary>Reads the next batch into the current dispose scope, or returns null at the end.</summary>
    BatchDict? Next();
}
