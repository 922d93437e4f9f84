using System.Reflection;
using System.Runtime.CompilerServices;

namespace Fuse.MLNet.Tests;

/// <summary>Finds the repository's files.</summary>
internal static class Repository
{
    /// <summary>Gets the repository's folder.</summary>
    public static string Root => Path.GetFullPath(Path.Combine(Tests, ".."));

    /// <summary>Gets the folder of this project.</summary>
    public static string Tests => Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    /// <summary>Gets the folder of the library.</summary>
    public static string Library => Path.Combine(Root, "Fuse.MLNet");

    /// <summary>Gets the built program of a folder under Programs/.</summary>
    public static string Program(string name)
    {
        string output = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ProgramOutput").Value!;
        return Path.Combine(Tests, "Programs", name, output, $"{name}.dll");
    }

    /// <summary>Gets the files of a folder and its folders, without what the build made there.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
        .Where(path => !Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "artifacts"));

    private static string Here([CallerFilePath] string path = "") => path;
}
