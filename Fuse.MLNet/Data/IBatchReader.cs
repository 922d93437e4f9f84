namespace Fuse.MLNet;

/// <summary>Reads one pass over a set of rows, batch by batch.</summary>
internal interface IBatchReader : IDisposable
{
    /// <summary>Waits a moment for the next batch, so that the caller can look in between whether it is still wanted.</summary>
    /// <param name="isNeeded">Whether the batch is needed although the run may be cancelled: reading stops then otherwise.</param>
    /// <returns>Whether <see cref="Next"/> will not wait.</returns>
    bool Wait(bool isNeeded);

    /// <summary>Reads the next batch into the current dispose scope, or returns null at the end.</summary>
    BatchDict? Next();

    /// <summary>Gets the part of the pass that was read, from 0 to 1, which it is when the last batch was given; 0 before while the length is not known.</summary>
    double Fraction { get; }
}
