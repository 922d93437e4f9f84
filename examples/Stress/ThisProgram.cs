using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Starts this program once more, for what may end a process.</summary>
internal static class ThisProgram
{
    /// <summary>Starts a verb.</summary>
    /// <param name="temporary">The folder that is the process's temporary folder.</param>
    /// <param name="arguments">The verb and its options.</param>
    public static Process Start(string temporary, params object[] arguments) => Start([], temporary, arguments);

    /// <summary>Starts a verb in several processes, by mpirun.</summary>
    /// <param name="processes">The number of processes.</param>
    /// <param name="temporary">The folder that is their temporary folder.</param>
    /// <param name="arguments">The verb and its options.</param>
    public static Process StartTogether(int processes, string temporary, params object[] arguments) => Start(["mpirun", "--oversubscribe", "-n", $"{processes}"], temporary, arguments);

    private static Process Start(string[] launcher, string temporary, object[] arguments)
    {
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        string[] line = [.. launcher, host, typeof(ThisProgram).Assembly.Location, .. arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)!)];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = start.Environment["TEMP"] = start.Environment["TMP"] = temporary;
        if (launcher.Length > 0)
        {
            // Without these Open MPI refuses a container's root, and a process that waits keeps the others from the processor.
            start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
            start.Environment["OMPI_MCA_mpi_yield_when_idle"] = "1";
            // What they print comes through a terminal, which .NET would send its own signs.
            start.Environment["TERM"] = "dumb";
        }
        // Garbage of earlier work must not look like memory of the present one.
        start.Environment["DOTNET_GCgen0size"] = "1000000";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        return Process.Start(start)!;
    }
}
