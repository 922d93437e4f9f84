namespace Fuse.MLNet;

/// <summary>Counts the memory that a run may still keep rows in.</summary>
internal sealed class StagingBudget
{
    private const int DefaultPart = 4;

    /// <summary>Begins with all of the memory.</summary>
    /// <param name="bytes">The number of bytes; null takes a quarter of what the process may use.</param>
    public StagingBudget(long? bytes) => Total = Left = bytes ?? (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / DefaultPart);

    /// <summary>Gets the number of bytes at the beginning.</summary>
    public long Total { get; }

    /// <summary>Gets the number of bytes that are left.</summary>
    public long Left { get; private set; }

    /// <summary>Tells whether a number of bytes is left; a budget of 0 has no room even for none.</summary>
    public bool Fits(long bytes) => Total > 0 && bytes <= Left;

    /// <summary>Takes a number of bytes, or all that is left.</summary>
    public void Take(long bytes) => Left = Math.Max(0, Left - bytes);
}
