using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fuse.MLNet.Tests;

/// <summary>Runs the programs under Programs/.</summary>
internal static class ProgramRun
{
    /// <summary>Runs a program to its end.</summary>
    public static (int Exit, string Output, string Errors) Start(string program, params string[] arguments)
    {
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        using Process process = Process.Start(new ProcessStartInfo(host, [Repository.Program(program), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.IsTrue(process.WaitForExit(TimeSpan.FromMinutes(2)));
        return (process.ExitCode, output, errors.Result);
    }
}
