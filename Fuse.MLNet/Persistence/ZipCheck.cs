using System.IO.Compression;

namespace Fuse.MLNet;

/// <summary>Reads a zip archive through, so that a damaged one is found before native code reads it.</summary>
internal static class ZipCheck
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(value => Enumerable.Range(0, 8).Aggregate((uint)value, (crc, _) => (crc >> 1) ^ ((crc & 1) * 0xEDB88320)))];

    private const int MostInflated = 16;

    /// <summary>Checks that every entry has the length and the check sum that the archive lists, and that they are not far more than the archive's own bytes.</summary>
    /// <returns>The entries' names.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a whole zip archive.</exception>
    public static string[] Names(byte[] bytes)
    {
        using var archive = new ZipArchive(new MemoryStream(bytes, writable: false));
        if (archive.Entries.Sum(entry => entry.Length) > MostInflated * (bytes.LongLength + short.MaxValue))
            throw new InvalidDataException("its entries claim to be many times larger than the file");
        byte[] buffer = new byte[1 << 16];
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using Stream data = entry.Open();
            uint crc = uint.MaxValue;
            long length = 0;
            for (int read; length <= entry.Length && (read = data.Read(buffer)) > 0; length += read)
                foreach (byte value in buffer.AsSpan(0, read))
                    crc = (crc >> 8) ^ Table[(byte)(crc ^ value)];
            if (length != entry.Length || ~crc != entry.Crc32)
                throw new InvalidDataException($"its entry '{entry.FullName}' is damaged");
        }
        return [.. archive.Entries.Select(entry => entry.FullName)];
    }
}
