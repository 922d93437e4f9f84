using System.Reflection;

namespace Fuse.MLNet;

/// <summary>Names the versions that files carry.</summary>
internal static class LibraryVersion
{
    public static string Fuse { get; } = Of(typeof(LibraryVersion).Assembly);

    public static string TorchSharp { get; } = Of(typeof(nn).Assembly);

    private static string Of(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? assembly.GetName().Version!.ToString();
}
