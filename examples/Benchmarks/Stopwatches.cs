using System.Diagnostics;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Times two sides by turns, so that what else the machine does falls on both.</summary>
internal static class Stopwatches
{
    /// <summary>Runs both sides once to warm up, then by turns, the first one of each pair changing.</summary>
    public static Measured Compare(Comparison comparison, int runs)
    {
        comparison.Ours();
        comparison.Theirs();
        double[] ours = new double[runs], theirs = new double[runs];
        for (int i = 0; i < runs; i++)
        {
            if (i % 2 == 0)
                ours[i] = Time(comparison.Ours);
            theirs[i] = Time(comparison.Theirs);
            if (i % 2 == 1)
                ours[i] = Time(comparison.Ours);
        }
        return new Measured(comparison.Work, comparison.Peer, Median(ours) / Median(theirs), comparison.Bar, runs, Median(ours));
    }

    private static double Time(Action action)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>Gets the median.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
