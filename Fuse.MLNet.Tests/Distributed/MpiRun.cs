using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fuse.MLNet.Tests;

/// <summary>Starts the program Ranks by mpirun.</summary>
internal sealed class MpiRun : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private MpiRun(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public Process Process => _process;

    /// <summary>Starts processes, or makes the test inconclusive where that cannot be done.</summary>
    public static MpiRun Start(int size, params string[] arguments)
    {
        if (Launcher() is not { } launcher)
        {
            Assert.Inconclusive("There is no mpirun on the path: install openmpi-bin to run this test.");
            return null!;
        }

        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        // Open MPI's own word for more processes than there are processors; others never count.
        string[] more = IsOpenMpi(launcher) ? ["--oversubscribe"] : [];
        var start = new ProcessStartInfo(launcher, [.. more, "-n", $"{size}", host, Repository.Program("Ranks"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A container's user is root.
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        // One waits for the other without keeping it from the processor.
        start.Environment["OMPI_MCA_mpi_yield_when_idle"] = "1";
        return new(Process.Start(start)!);
    }

    /// <summary>Waits for the end.</summary>
    public (int Exit, string Output) End()
    {
        string output = _process.StandardOutput.ReadToEnd();
        Assert.IsTrue(_process.WaitForExit(TimeSpan.FromMinutes(3)), "mpirun did not end.");
        return (_process.ExitCode, output + _errors.Result);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static bool IsOpenMpi(string launcher)
    {
        using Process version = Process.Start(new ProcessStartInfo(launcher, "--version") { RedirectStandardOutput = true })!;
        return version.StandardOutput.ReadToEnd().Contains("Open MPI", StringComparison.Ordinal);
    }

    private static string? Launcher() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "mpirun")).FirstOrDefault(File.Exists);
}
