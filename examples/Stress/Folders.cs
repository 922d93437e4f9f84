namespace Fuse.MLNet.Examples.Stress;

/// <summary>Copies and deletes the folders of runs.</summary>
internal static class Folders
{
    /// <summary>Copies the files of a folder, if there is one.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string path in Directory.Exists(from) ? Directory.GetFiles(from) : [])
            File.Copy(path, Path.Combine(to, Path.GetFileName(path)), overwrite: true);
    }

    /// <summary>Deletes a folder, if there is one.</summary>
    public static void Clear(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
