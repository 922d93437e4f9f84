namespace Fuse.MLNet.Examples.Stress;

/// <summary>Counts what a <see cref="Canary"/> tells; a class of its own, so that asking makes none.</summary>
internal static class CanaryCount
{
    private static int s_count;

    /// <summary>Gets the count.</summary>
    public static int Value => Volatile.Read(ref s_count);

    public static void Add() => Interlocked.Increment(ref s_count);
}
