using System.Diagnostics;
using System.Globalization;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Measures this process's memory.</summary>
internal static class Memory
{
    private const string Status = "/proc/self/status";

    /// <summary>Gets the bytes in memory.</summary>
    public static long Resident()
    {
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    /// <summary>Gets the bytes in memory after a collection.</summary>
    public static long Settled()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return Resident();
    }

    /// <summary>Forgets the largest memory so far, where the system can.</summary>
    public static void ForgetPeak()
    {
        if (OperatingSystem.IsLinux())
            File.WriteAllText("/proc/self/clear_refs", "5");
    }

    /// <summary>Gets the largest memory since it was forgotten; where the system cannot forget, the present one.</summary>
    public static long Peak() => !OperatingSystem.IsLinux() ? Resident()
        : 1024 * long.Parse(File.ReadLines(Status).First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
