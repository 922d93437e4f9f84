using System.IO.Compression;

namespace Fuse.MLNet;

/// <summary>Reads a zip archive through, so that a damaged one is found before native code reads it.</summary>
internal static class ZipCheck
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(value => Enumerable.Range(0, 8).Aggregate((uint)value, (crc, _) => (crc >> 1) ^ ((crc & 1) * 0xEDB88320)))];

    /// <summary>Checks that every entry has the length and the check sum that the archive lists.</summary>
    /// <returns>The entries' names.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a whole zip archive.</exception>
    public static string[] Names(byte[] bytes)
    {
        using var archive = new ZipArchive(new MemoryStream(bytes, writable: false));
        byte[] buffer = new byte[1 << 16];
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using Stream data = entry.Open();
            uint crc = uint.MaxValue;
            long length = 0;
            for (int read; (read = data.Read(buffer)) > 0; length += read)
                foreach (byte value in buffer.AsSpan(0, read))
                    crc = (crc >> 8) ^ Table[(byte)(crc ^ value)];
            if (length != entry.Length || ~crc != entry.Crc32)
                throw new InvalidDataException($"its entry '{entry.FullName}' is damaged");
        }
        return [.. archive.Entries.Select(entry => entry.FullName)];
    }
}
