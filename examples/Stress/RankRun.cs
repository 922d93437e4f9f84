using System.Diagnostics;
using System.Globalization;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Kills one of several processes that train together, at random moments: the others must end soon, and the run go on with any number of processes.</summary>
internal static class RankRun
{
    private const int Processes = 2;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    // That of a network which has learnt nothing is 1.1.
    private const double GoodLoss = 0.5;

    /// <summary>Kills so many times.</summary>
    /// <returns>Whether all others ended in time, with a message, and every resumed run gave a good model.</returns>
    public static bool Run(int kills, int seed)
    {
        var findings = new Findings();
        var random = new Random(seed);
        string root = Directory.CreateTempSubdirectory("fuse-stress-ranks-").FullName, folder = Path.Combine(root, "run");
        double length = Length(root, seed);
        (int killed, int resumed, int ended, double slowest) = (0, 0, 0, 0);
        while (killed < kills && findings.Count < 5)
        {
            if (Kill(findings, root, folder, seed, random.Next(Processes), random.NextDouble() * length) is { } seconds)
            {
                killed++;
                slowest = Math.Max(slowest, seconds);
                resumed += Resume(findings, root, folder, seed);
            }
            else
            {
                ended++;
            }
            Folders.Clear(folder);
        }
        Directory.Delete(root, recursive: true);
        return findings.Close($"ranks: {killed} times one of {Processes} processes was killed within {length:0.00} s of training, the other ended at most {slowest:0.00} s later; {resumed} runs went on with 2, 3 and 1 processes to a good model; {ended} ended before they were killed");
    }

    private static double Length(string root, int seed)
    {
        using Process process = Start(root, Path.Combine(root, "timed"), seed, Processes);
        Pids(process);
        var watch = Stopwatch.StartNew();
        string output = process.StandardOutput.ReadToEnd();
        return process.WaitForExit(Patience) && process.ExitCode == 0 ? watch.Elapsed.TotalSeconds : throw new InvalidOperationException($"The training failed: {output}{process.StandardError.ReadToEnd()}");
    }

    /// <returns>The seconds until the others had ended, or null when all ended before.</returns>
    private static double? Kill(Findings findings, string root, string folder, int seed, int which, double seconds)
    {
        using Process launcher = Start(root, folder, seed, Processes);
        int[] pids = Pids(launcher);
        Task<string> output = launcher.StandardOutput.ReadToEndAsync(), errors = launcher.StandardError.ReadToEndAsync();
        if (launcher.WaitForExit(TimeSpan.FromSeconds(seconds)))
            return launcher.ExitCode == 0 ? null : throw new InvalidOperationException($"The training failed: {output.Result}{errors.Result}");
        try
        {
            Process.GetProcessById(pids[which]).Kill();
        }
        catch (ArgumentException)
        {
            // It ended at this very moment.
            launcher.WaitForExit();
            return null;
        }
        var watch = Stopwatch.StartNew();
        bool isOver = launcher.WaitForExit(Patience) && pids.All(HasEnded);
        double taken = watch.Elapsed.TotalSeconds;
        // It had ended by itself, and only its launcher had not heard of it yet.
        if (isOver && launcher.ExitCode == 0)
            return null;
        findings.Require(isOver && taken <= Soon.TotalSeconds, $"{taken:0.0} s after the kill of process {which} not all had ended");
        findings.Require(launcher.ExitCode != 0 && errors.Result.Contains("signal 9", StringComparison.Ordinal), $"the launcher did not say that a process was killed: {errors.Result}");
        return taken;
    }

    private static int Resume(Findings findings, string root, string folder, int seed)
    {
        int resumed = 0;
        foreach (int size in (int[])[2, 3, 1])
        {
            string copy = Path.Combine(root, "copy");
            Folders.Copy(folder, copy);
            using Process process = Start(root, copy, seed, size);
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            bool isGood = process.WaitForExit(Patience) && process.ExitCode == 0 && output.Split('\n').LastOrDefault(line => line.StartsWith(RankTraining.Ended, StringComparison.Ordinal)) is { } line
                && double.Parse(line[RankTraining.Ended.Length..], CultureInfo.InvariantCulture) < GoodLoss;
            findings.Require(isGood, $"the run that went on with {size} processes: {output}{errors.Result}");
            resumed += isGood ? 1 : 0;
            Folders.Clear(copy);
        }
        return resumed;
    }

    private static int[] Pids(Process launcher)
    {
        var pids = new HashSet<int>();
        while (pids.Count < Processes)
        {
            string line = launcher.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The training did not start: {launcher.StandardError.ReadToEnd()}");
            // A launcher may put the lines of two processes behind each other.
            if (line.StartsWith(RankTraining.Process, StringComparison.Ordinal) && int.TryParse(line[RankTraining.Process.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                pids.Add(pid);
        }
        return [.. pids];
    }

    private static Process Start(string root, string folder, int seed, int size) => ThisProgram.StartTogether(size, root, "rank-worker", "--folder", folder, "--seed", seed);

    private static bool HasEnded(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            return process.WaitForExit(Soon);
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
