using System.Reflection;
using System.Runtime.CompilerServices;

namespace Fuse.MLNet.Tests;

/// <summary>Finds the repository's files.</summary>
internal static class Repository
{
    /// <summary>Gets the folder of this project.</summary>
    public static string Tests => Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    /// <summary>Gets the folder of the library.</summary>
    public static string Library => Path.GetFullPath(Path.Combine(Tests, "..", "Fuse.MLNet"));

    /// <summary>Gets the built program of a folder under Programs/.</summary>
    public static string Program(string name)
    {
        string output = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ProgramOutput").Value!;
        return Path.Combine(Tests, "Programs", name, output, $"{name}.dll");
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
