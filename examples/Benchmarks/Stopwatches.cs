using System.Diagnostics;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Times two sides by turns, so that what else the machine does falls on both.</summary>
internal static class Stopwatches
{
    /// <summary>Gets the present moment.</summary>
    public static long Now => Stopwatch.GetTimestamp();

    /// <summary>Runs both sides once to warm up, then by turns, the first one of each pair changing.</summary>
    public static Measured Compare(Comparison comparison, int runs)
    {
        comparison.Ours();
        comparison.Theirs();
        var timings = new Timings(runs);
        while (!timings.IsEnough)
        {
            bool isFirst = timings.Count % 2 == 0;
            double before = isFirst ? comparison.Ours() : 0;
            double theirs = comparison.Theirs();
            timings.Add(isFirst ? before : comparison.Ours(), theirs);
        }
        return timings.Measured(comparison.Work, comparison.Peer, comparison.Bar);
    }

    /// <summary>Times an action, in milliseconds, after all garbage was collected.</summary>
    public static double Time(Action action)
    {
        Collect();
        Accelerator.Wait();
        long start = Now;
        action();
        Accelerator.Wait();
        return Since(start);
    }

    /// <summary>Gets the milliseconds since a moment.</summary>
    public static double Since(long start) => Stopwatch.GetElapsedTime(start).TotalMilliseconds;

    /// <summary>Collects all garbage, so that nobody pays for another's.</summary>
    public static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>Gets the median.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
