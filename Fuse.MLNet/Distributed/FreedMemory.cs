using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Lets the C library keep memory that is freed, for what is taken next.</summary>
/// <remarks>
/// A training step frees megabytes and takes as many in the next. Returned to the system in between they are new pages each time, and Open MPI, which watches that for the network's sake, makes it dearer still:
/// without this two processes took a quarter longer over an epoch of a perceptron of 512 units.
/// </remarks>
internal static class FreedMemory
{
    // Of glibc's malloc.h; other C libraries have no such function.
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;

    // The largest that glibc takes.
    private const int LargestMapThreshold = 32 << 20;
    private const int KeptBytes = 512 << 20;

    private delegate int Set(int parameter, int value);

    /// <summary>Keeps up to 512 MB, in the whole process.</summary>
    public static void Keep()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "mallopt", out nint address))
            return;
        var set = Marshal.GetDelegateForFunctionPointer<Set>(address);
        set(MapThreshold, LargestMapThreshold);
        set(TrimThreshold, KeptBytes);
    }
}
