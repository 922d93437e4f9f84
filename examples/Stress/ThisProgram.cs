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
    public static Process Start(string temporary, params object[] arguments)
    {
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        var start = new ProcessStartInfo(host, [typeof(ThisProgram).Assembly.Location, .. arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)!)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = start.Environment["TEMP"] = start.Environment["TMP"] = temporary;
        // Garbage of earlier work must not look like memory of the present one.
        start.Environment["DOTNET_GCgen0size"] = "1000000";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        return Process.Start(start)!;
    }
}
