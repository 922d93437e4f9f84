using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Finds what the libraries that TorchSharp loaded export, by the names that the platform's compiler gives it.</summary>
internal static class NativeExports
{
    /// <summary>Finds a library, wherever it was loaded from, or returns null.</summary>
    /// <param name="name">Its name without prefix and ending, such as <c>torch_cpu</c>.</param>
    public static nint? Library(string name)
    {
        using var process = Process.GetCurrentProcess();
        string? path = process.Modules.Cast<ProcessModule>()
            .FirstOrDefault(module => Path.GetFileNameWithoutExtension(module.ModuleName) is var file && (file == name || file == $"lib{name}"))?.FileName;
        return path is not null && NativeLibrary.TryLoad(path, out nint library) ? library : null;
    }

    /// <summary>Finds a function, or returns null.</summary>
    public static T? Function<T>(nint library, string itanium, string microsoft)
        where T : Delegate => Address(library, itanium, microsoft) is var address and not 0 ? Marshal.GetDelegateForFunctionPointer<T>(address) : null;

    /// <summary>Finds an address, or returns 0.</summary>
    public static nint Address(nint? library, string itanium, string microsoft) =>
        library is { } handle && NativeLibrary.TryGetExport(handle, OperatingSystem.IsWindows() ? microsoft : itanium, out nint address) ? address : 0;
}
