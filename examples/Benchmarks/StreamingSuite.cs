using TorchSharp;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Holds what is measured about rows that do not fit in memory, and about the memory of those that do.</summary>
internal static class StreamingSuite
{
    private const int Narrow = 30;
    private const double Megabyte = 1 << 20;

    public static IEnumerable<Measured> Measure(Func<string, bool> isWanted, bool quick, int runs)
    {
        int divisor = quick ? 20 : 1;
        const string Csv = "CSV beyond memory";
        if (isWanted(Csv))
        {
            using var work = new CsvWork(120_000 / divisor);
            // A thread of libtorch's that waits by spinning takes a core from the threads that read.
            foreach (int threads in new[] { torch.get_num_threads(), 1 }.Distinct())
                yield return work.Measure($"{Csv}, threads: {threads}", "read, train or CPU", 1.15, runs, threads);
        }
        foreach (Comparison comparison in Lengths(divisor).Where(each => isWanted(each.Work)))
            yield return Stopwatches.Compare(comparison, runs);
        foreach (Measured measured in Memory(isWanted, divisor))
            yield return measured;
    }

    private static IEnumerable<Comparison> Lengths(int divisor)
    {
        Action FirstStep(long rows) => () => StreamedFit.Run(new GeneratedView(rows / divisor, StreamedFit.Width), 1 << 20, steps: 1);
        yield return Comparison.Of("first batch, 10,000,000 rows", "1,000,000 rows", 1.1, FirstStep(10_000_000), FirstStep(1_000_000));
        Func<double> Epoch(long rows, long? staging) => () => StreamedFit.Run(new GeneratedView(rows / divisor, Narrow), staging, Narrow).Elapsed;
        yield return new("epoch in memory, 1M rows", "100,000 rows", 11, Epoch(1_000_000, long.MaxValue), Epoch(100_000, long.MaxValue));
        yield return new("epoch streamed, 1M rows", "100,000 rows", 11, Epoch(1_000_000, 0), Epoch(100_000, 0));
    }

    private static IEnumerable<Measured> Memory(Func<string, bool> isWanted, int divisor)
    {
        string streaming = "peak memory streamed, 1M rows";
        if (isWanted(streaming))
        {
            double many = PeakMemory.Of(1_000_000 / divisor, StreamedFit.Width, false, 0);
            yield return Ratio(streaming, "100,000 rows", many, PeakMemory.Of(100_000 / divisor, StreamedFit.Width, false, 0), 1.05);
            // The first hundred thousands of rows end before the garbage collector has to run for the first time.
            yield return Ratio("peak memory streamed, 3M rows", "1M rows", PeakMemory.Of(3_000_000 / divisor, StreamedFit.Width, false, 0), many, 1.05);
        }
        foreach (int width in new[] { StreamedFit.Width, Narrow })
            foreach (bool isCounted in new[] { true, false })
            {
                string name = $"staging {width} features, {(isCounted ? "" : "not ")}counted";
                if (!isWanted(name))
                    continue;
                long bytes = width * sizeof(float) + sizeof(long), rows = (500L << 20) / bytes / divisor;
                // What the process needs for a few rows it needs anyway.
                yield return Ratio(name, "tensors' own bytes", PeakMemory.Of(rows, width, isCounted, null) - PeakMemory.Of(StreamedFit.BatchSize, width, isCounted, null), rows * bytes, 1.2);
            }
    }

    private static Measured Ratio(string work, string peer, double ours, double theirs, double bar) => new(work, peer, ours / theirs, bar, 1, 0) { Megabytes = ours / Megabyte };
}
