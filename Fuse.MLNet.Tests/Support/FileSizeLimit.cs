using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Fuse.MLNet.Tests;

/// <summary>Lets no file of this process grow beyond a size, on Linux: writing on fails, as it does on a full disk.</summary>
internal sealed class FileSizeLimit : IDisposable
{
    private const int FileSize = 1;
    private const int TooLarge = 25;
    private const nint Ignore = 1;
    private readonly Limit _before;

    public FileSizeLimit(long bytes)
    {
        // Otherwise the signal ends the process.
        SetSignal(TooLarge, Ignore);
        Check(GetLimit(FileSize, out _before));
        Check(SetLimit(FileSize, new Limit { Soft = (nuint)bytes, Hard = _before.Hard }));
    }

    public void Dispose() => Check(SetLimit(FileSize, _before));

    private static void Check(int result)
    {
        if (result != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [DllImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static extern int GetLimit(int resource, out Limit limit);

    [DllImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static extern int SetLimit(int resource, in Limit limit);

    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint SetSignal(int signal, nint handler);

    private struct Limit
    {
        public nuint Soft;
        public nuint Hard;
    }
}
