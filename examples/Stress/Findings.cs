namespace Fuse.MLNet.Examples.Stress;

/// <summary>Gathers what went wrong, from any thread, and says so at once.</summary>
internal sealed class Findings
{
    private int _count;

    /// <summary>Gets whether nothing went wrong.</summary>
    public bool IsClean => Volatile.Read(ref _count) == 0;

    /// <summary>Gets how much went wrong.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Reports something that went wrong.</summary>
    public void Add(string finding)
    {
        Interlocked.Increment(ref _count);
        Console.Error.WriteLine($"FAILED: {finding}");
    }

    /// <summary>Reports it unless a condition holds.</summary>
    public void Require(bool condition, string finding)
    {
        if (!condition)
            Add(finding);
    }

    /// <summary>Prints the closing line.</summary>
    /// <returns>Whether nothing went wrong.</returns>
    public bool Close(FormattableString figures)
    {
        ExampleProgram.Print(figures);
        if (!IsClean)
            Console.Error.WriteLine($"{Count} failed");
        return IsClean;
    }
}
