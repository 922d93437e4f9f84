using System.IO.Compression;
using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Reads a transformer's own entries from ML.NET's model file.</summary>
internal sealed class ModelArchiveReader(ModelLoadContext context)
{
    private const long MostInflated = 100;
    private const long AlwaysInflated = 64 << 20;

    /// <summary>Checks the lengths that an entry claims; the runtime unpacks no more than that.</summary>
    /// <exception cref="InvalidDataException">It would be far larger than its bytes in the file.</exception>
    public static void CheckInflation(string name, ZipArchiveEntry entry)
    {
        if (entry.Length > AlwaysInflated && entry.Length / MostInflated > entry.CompressedLength)
            throw new InvalidDataException($"The model file's {name} claims to be {entry.Length} bytes, packed into {entry.CompressedLength}: no model packs that well.");
    }

    /// <summary>Reads an entry.</summary>
    /// <exception cref="InvalidDataException">The entry is missing, or is far larger than its bytes in the file.</exception>
    public T Read<T>(string name, Func<Stream, T> read)
    {
        CheckInflation(name);
        T? result = default;
        return context.TryLoadBinaryStream(name, reader => result = read(reader.BaseStream)) ? result!
            : throw new InvalidDataException($"The model file has no entry '{name}': it is incomplete.");
    }

    /// <summary>Reads an entry whole.</summary>
    /// <exception cref="InvalidDataException">The entry is missing.</exception>
    public byte[] ReadBytes(string name) => Read(name, stream =>
    {
        if (stream.Length > Array.MaxLength)
            throw new InvalidDataException($"The model file's {name} has {stream.Length} bytes, more than can be read.");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    });

    // ML.NET unpacks an entry to a temporary file before anyone can look at it.
    private void CheckInflation(string name)
    {
        string path = Slashes(Path.Combine(context.Directory ?? "", name));
        foreach ((string entryPath, ZipArchiveEntry entry) in Entries(context.Repository))
            if (Slashes(entryPath) == path)
                CheckInflation(name, entry);
    }

    private static string Slashes(string path) => path.Replace('\\', '/').TrimStart('/');

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_entries")]
    private static extern ref Dictionary<string, ZipArchiveEntry> Entries(RepositoryReader repository);
}
