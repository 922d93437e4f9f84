using System.Diagnostics;
using System.Globalization;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Measures the largest memory of a process that only trains, by starting this program once more for it.</summary>
internal static class PeakMemory
{
    /// <summary>Runs one training in this process, and writes the largest memory that it had, in bytes.</summary>
    /// <param name="what">What <see cref="Of"/> asked for.</param>
    public static void Run(string what)
    {
        string[] parts = what.Split(',');
        (long rows, int width, bool isCounted, long? staging) = (Number(parts[0]), (int)Number(parts[1]), Number(parts[2]) != 0, Number(parts[3]) < 0 ? null : Number(parts[3]));
        TorchSharp.torch.set_num_threads(1);
        StreamedFit.Run(new GeneratedView(rows, width, isCounted), staging ?? long.MaxValue, width, steps: staging is null ? 1 : null);
        using Process process = Process.GetCurrentProcess();
        Console.WriteLine(process.PeakWorkingSet64.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Trains in a process of its own and gets the largest memory that it had, in bytes.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="width">The number of features.</param>
    /// <param name="isCounted">Whether the source says how many rows it has.</param>
    /// <param name="staging">The memory for rows, 0 to stream a whole epoch; null keeps the rows in memory and takes one step.</param>
    public static long Of(long rows, int width, bool isCounted, long? staging)
    {
        string what = string.Create(CultureInfo.InvariantCulture, $"{rows},{width},{(isCounted ? 1 : 0)},{staging ?? -1}");
        string assembly = typeof(PeakMemory).Assembly.Location;
        string[] host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet" ? [path] : ["dotnet", assembly];
        using var process = Process.Start(new ProcessStartInfo(host[0], [.. host[1..], "--peak", what]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? Number(output.Trim()) : throw new InvalidOperationException($"The process for '{what}' ended with {process.ExitCode}: {output}");
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
