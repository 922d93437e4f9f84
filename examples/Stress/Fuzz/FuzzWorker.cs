using System.Diagnostics;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Loads mutated files, one after another, and writes a line about each: its number and outcome, or what was wrong.</summary>
internal static class FuzzWorker
{
    /// <summary>The line that says that mutations begin.</summary>
    public const string Ready = "ready";

    private const long AlwaysAllowed = 64 << 20;
    private const int StreamOfChoices = 100;

    /// <summary>Runs mutations.</summary>
    public static void Run(string formatName, int first, int count, int seed, string folder)
    {
        set_num_threads(1);
        Format format = Enum.Parse<Format>(formatName, ignoreCase: true);
        IFuzzTarget target = format == Format.Checkpoint ? new CheckpointTarget(folder, seed) : new ModelTarget(format, folder, seed);
        string[] known = Files(folder);
        // What the first ones take for good, such as compiled code, is no mutation's.
        for (int i = 0; i < 5; i++)
            target.Warm();
        Say(Ready);
        for (int number = first; number < first + count; number++)
        {
            Mutant mutant = target.Mutate(new SeededRandom(seed, StreamOfChoices + (int)format, number));
            GC.Collect();
            Memory.ForgetPeak();
            long managed = GC.GetAllocatedBytesForCurrentThread(), resident = Memory.Resident();
            var watch = Stopwatch.StartNew();
            Exception? error = Try(() => target.Load(mutant));
            watch.Stop();
            managed = GC.GetAllocatedBytesForCurrentThread() - managed;
            long peak = Memory.Peak() - resident, limit = (2 * mutant.CheckedBytes) + AlwaysAllowed;
            string? wrong = (error is null ? null : Verdict.WhatIsWrong(error, format))
                ?? (format != Format.MLNet && Math.Max(managed, peak) > limit ? $"it took {managed} managed bytes and {peak} resident ones, {limit} are allowed" : null)
                ?? (watch.Elapsed > FuzzRun.Patience ? $"it took {watch.Elapsed.TotalSeconds:0.0} s" : null)
                ?? (CanaryCount.Value > 0 ? "it made what is no module" : null);
            string[] left = [.. Files(folder).Except(known)];
            if (left.Length > 0)
            {
                wrong ??= $"it left {string.Join(", ", left)}";
                foreach (string path in left)
                    File.Delete(path);
            }
            Say($"{number}\t{(error is null ? "loaded" : "refused")}\t{watch.ElapsedMilliseconds}\t{Math.Max(managed, peak)}\t{(wrong is null ? "" : $"{mutant.Name}: {wrong}".ReplaceLineEndings(" "))}");
        }
    }

    private static Exception? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    // The folder above is there to catch what names with dots would write.
    private static string[] Files(string folder) => [.. Directory.GetFileSystemEntries(Path.GetDirectoryName(folder)!), .. Directory.GetFiles(folder, "*", SearchOption.AllDirectories),
        .. Directory.GetFiles(Path.GetTempPath()).Where(path => path.Contains("evil", StringComparison.Ordinal)), .. Directory.GetFiles(Path.GetPathRoot(folder)!).Where(path => path.Contains("evil", StringComparison.Ordinal))];

    private static void Say(string line)
    {
        Console.WriteLine(line);
        Console.Out.Flush();
    }
}
