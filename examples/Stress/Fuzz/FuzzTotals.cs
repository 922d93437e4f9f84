namespace Fuse.MLNet.Examples.Stress;

/// <summary>Adds up how mutations ended.</summary>
internal sealed class FuzzTotals
{
    private readonly Lock _gate = new();

    public int Loaded { get; private set; }

    public int Refused { get; private set; }

    /// <summary>Gets the longest time, in milliseconds.</summary>
    public long Slowest { get; private set; }

    /// <summary>Gets the most memory that one took, in bytes.</summary>
    public long MostBytes { get; private set; }

    public void Add(bool isLoaded, long milliseconds, long bytes)
    {
        lock (_gate)
        {
            Loaded += isLoaded ? 1 : 0;
            Refused += isLoaded ? 0 : 1;
            (Slowest, MostBytes) = (Math.Max(Slowest, milliseconds), Math.Max(MostBytes, bytes));
        }
    }
}
