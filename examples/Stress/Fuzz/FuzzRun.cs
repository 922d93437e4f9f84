using System.Diagnostics;
using System.Globalization;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Watches the process that loads mutated files: one that ends or stands still is named by its mutation, and another one goes on behind it.</summary>
internal static class FuzzRun
{
    /// <summary>The longest that one file may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);
    private const int MostFindings = 40;

    /// <summary>Runs mutations of one format, or of all.</summary>
    /// <returns>Whether every one ended as it must.</returns>
    public static bool Run(string? only, int first, int count, int seed)
    {
        var findings = new Findings();
        var totals = new FuzzTotals();
        Format[] formats = only is null ? Enum.GetValues<Format>() : [Enum.Parse<Format>(only, ignoreCase: true)];
        // Each has a process of its own.
        Parallel.ForEach(formats, new ParallelOptions { MaxDegreeOfParallelism = 2 }, format =>
        {
            string root = Directory.CreateTempSubdirectory("fuse-stress-fuzz-").FullName, folder = Path.Combine(root, "in");
            Directory.CreateDirectory(folder);
            for (int next = first; next < first + count && findings.Count < MostFindings;)
                next = RunFrom(format, next, first + count, seed, folder, findings, totals);
            Directory.Delete(root, recursive: true);
        });
        return findings.Close($"fuzz: {count} mutations each of {string.Join(", ", formats)}: {totals.Loaded} loaded, {totals.Refused} refused, {findings.Count} failed; slowest {totals.Slowest} ms, most memory {totals.MostBytes >> 20} MB");
    }

    /// <returns>The mutation to go on with.</returns>
    private static int RunFrom(Format format, int next, int end, int seed, string folder, Findings findings, FuzzTotals totals)
    {
        using Process process = ThisProgram.Start(folder, "fuzz-worker", "--format", format, "--first", next, "--count", end - next, "--seed", seed, "--folder", folder);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (Line(process, StartPatience) != FuzzWorker.Ready)
        {
            process.Kill();
            findings.Add($"{format}: the process did not start: {errors.Result}");
            return end;
        }
        while (next < end)
        {
            // A little more than the worker's own measure, which then says so itself.
            string? line = Line(process, Patience + Patience);
            if (line is null || !line.StartsWith(next.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))
            {
                bool hangs = line is null && !process.HasExited;
                process.Kill();
                process.WaitForExit();
                string text = errors.Result.ReplaceLineEndings(" ");
                findings.Add($"{format} {next}: the process {(hangs ? "hangs" : $"ended with {process.ExitCode}")}: {text[..Math.Min(text.Length, 2000)]}");
                return next + 1;
            }
            string[] parts = line.Split('\t', 5);
            totals.Add(parts[1] == "loaded", long.Parse(parts[2], CultureInfo.InvariantCulture), format == Format.MLNet ? 0 : long.Parse(parts[3], CultureInfo.InvariantCulture));
            if (parts[4].Length > 0)
                findings.Add($"{format} {next}: {parts[4]}");
            next++;
        }
        process.WaitForExit();
        return next;
    }

    private static string? Line(Process process, TimeSpan patience)
    {
        Task<string?> line = process.StandardOutput.ReadLineAsync();
        return line.Wait(patience) ? line.Result : null;
    }
}
