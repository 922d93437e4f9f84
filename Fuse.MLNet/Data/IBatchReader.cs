namespace Fuse.MLNet;

/// <summary>Reads one pass over a set of rows, batch by batch.</summary>
internal interface IBatchReader : IDisposable
{
    /// <summary>Reads the next batch into the current dispose scope, or returns null at the end.</summary>
    BatchDict? Next();

    /// <summary>Gets the part of the pass that was read, from 0 to 1; 0 while its length is not known.</summary>
    double Fraction { get; }
}
