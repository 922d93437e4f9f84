using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Puts the process's handlers of error signals back when a library has replaced them.</summary>
/// <remarks>.NET makes a NullReferenceException of a segmentation fault; an MPI library, or UCX under it, would end the process there and print where.</remarks>
internal sealed class SignalHandlers : IDisposable
{
    // The number and layout of a handler are the C library's; glibc's takes 152 bytes.
    private const int MostBytes = 512;
    // Of illegal instructions, traps, aborts, floating-point exceptions and segmentation faults; bus errors have another number on macOS.
    private static readonly int[] Signals = [4, 5, 6, 8, 11, OperatingSystem.IsMacOS() ? 10 : 7];
    private readonly Exchange? _exchange;
    private readonly nint _saved;

    /// <summary>Remembers the present handlers.</summary>
    public SignalHandlers()
    {
        if (OperatingSystem.IsWindows() || !NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "sigaction", out nint address))
            return;
        _exchange = Marshal.GetDelegateForFunctionPointer<Exchange>(address);
        _saved = Marshal.AllocHGlobal(MostBytes * Signals.Length);
        for (int i = 0; i < Signals.Length; i++)
            _exchange(Signals[i], 0, Place(i));
    }

    private delegate int Exchange(int signal, nint handler, nint before);

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = 0; i < Signals.Length && _exchange is not null; i++)
            _exchange(Signals[i], Place(i), 0);
        Marshal.FreeHGlobal(_saved);
    }

    private nint Place(int index) => _saved + (index * MostBytes);
}
