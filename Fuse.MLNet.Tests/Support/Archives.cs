using System.IO.Compression;

namespace Fuse.MLNet.Tests;

/// <summary>Changes model files.</summary>
internal static class Archives
{
    /// <summary>Gets the bytes of one entry.</summary>
    public static byte[] Read(string path, string entryName)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        using Stream entry = zip.Entries.Single(entry => entry.FullName.EndsWith(entryName, StringComparison.Ordinal)).Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Changes one entry of a file, or removes it when the change gives null.</summary>
    public static void Edit(string path, string entryName, Func<byte[], byte[]?> change)
    {
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update);
        ZipArchiveEntry entry = zip.Entries.Single(entry => entry.FullName.EndsWith(entryName, StringComparison.Ordinal));
        using var bytes = new MemoryStream();
        using (Stream old = entry.Open())
            old.CopyTo(bytes);
        string name = entry.FullName;
        entry.Delete();
        if (change(bytes.ToArray()) is { } changed)
            using (Stream stream = zip.CreateEntry(name).Open())
                stream.Write(changed);
    }
}
