using System.Diagnostics;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Kills a training process at random moments; after each, the run goes on from its newest checkpoint and must end with the same bits.</summary>
internal static class KillRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Kills so many times.</summary>
    /// <returns>Whether every resumed run ended like the uninterrupted one.</returns>
    public static bool Run(int kills, int seed)
    {
        set_num_threads(1);
        var findings = new Findings();
        var random = new Random(seed);
        string root = Directory.CreateTempSubdirectory("fuse-stress-kill-").FullName, folder = Path.Combine(root, "run"), copy = Path.Combine(root, "copy");
        byte[] expected = KillTraining.Run(Path.Combine(root, "whole"), seed, null);
        // The time from the start signal to the end, in a process as they are killed.
        double length = Length(root, seed);
        (int killed, int mid, int partial, int ended) = (0, 0, 0, 0);
        while (killed < kills && findings.Count < 5)
        {
            if (!KillOne(root, folder, seed, random.NextDouble() * length))
            {
                // It ended first: the folder holds a whole run now, so that another one begins.
                ended++;
                Folders.Clear(folder);
                continue;
            }
            killed++;
            partial += CheckFiles(findings, folder, copy, seed, expected);
            if (File.Exists(Path.Combine(folder, "last.ckpt")))
            {
                mid++;
                Folders.Copy(folder, copy);
                findings.Require(KillTraining.Run(copy, seed, "last").AsSpan().SequenceEqual(expected), $"the run resumed after kill {killed} ended otherwise");
                Folders.Clear(copy);
            }
            // Now and then the next process starts from nothing instead of going on.
            if (random.Next(3) == 0)
                Folders.Clear(folder);
        }
        Directory.Delete(root, recursive: true);
        return findings.Close($"kill: {killed} kills within {length:0.00} s of training, {mid} resumed from a checkpoint and ended byte for byte like the uninterrupted run, {partial} unfinished files, none read as whole; {ended} ended before they were killed");
    }

    private static double Length(string root, int seed)
    {
        string folder = Path.Combine(root, "timed");
        using Process process = ThisProgram.Start(root, "kill-worker", "--folder", folder, "--seed", seed);
        Await(process);
        var watch = Stopwatch.StartNew();
        return process.WaitForExit(Patience) && process.ExitCode == 0 ? watch.Elapsed.TotalSeconds
            : throw new InvalidOperationException($"The training process failed: {process.StandardError.ReadToEnd()}");
    }

    /// <returns>Whether it was killed before it ended.</returns>
    private static bool KillOne(string root, string folder, int seed, double seconds)
    {
        using Process process = ThisProgram.Start(root, "kill-worker", "--folder", folder, "--seed", seed);
        Await(process);
        if (process.WaitForExit(TimeSpan.FromSeconds(seconds)))
            return process.ExitCode == 0 ? false : throw new InvalidOperationException($"The training process failed: {process.StandardError.ReadToEnd()}");
        process.Kill();
        process.WaitForExit();
        return true;
    }

    private static void Await(Process process)
    {
        if (process.StandardOutput.ReadLine() != StartSignal.Line)
            throw new InvalidOperationException($"The training process did not start: {process.StandardError.ReadToEnd()}");
    }

    /// <summary>Tries what a killed process left half written: it must be refused, or be whole.</summary>
    /// <returns>The number of such files.</returns>
    private static int CheckFiles(Findings findings, string folder, string copy, int seed, byte[] expected)
    {
        string[] left = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.tmp") : [];
        foreach (string path in left)
        {
            try
            {
                findings.Require(KillTraining.Run(copy, seed, path).AsSpan().SequenceEqual(expected), $"{path} was read as whole and is not");
            }
            catch (InvalidDataException)
            {
                // Refused, as it must be when it is not whole.
            }
            Folders.Clear(copy);
            File.Delete(path);
        }
        return left.Length;
    }
}
