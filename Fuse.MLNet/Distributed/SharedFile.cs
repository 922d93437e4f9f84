namespace Fuse.MLNet;

/// <summary>Gives the other processes a copy of a file of the first one, which they may not see.</summary>
internal sealed class SharedFile : IDisposable
{
    private const int ChunkBytes = 64 << 20;
    private readonly string? _copy;

    private SharedFile(string path, string? copy) => (Path, _copy) = (path, copy);

    /// <summary>Gets the file to read in this process.</summary>
    public string Path { get; }

    /// <summary>Copies a file to the other processes.</summary>
    /// <exception cref="FileNotFoundException">The first process has none.</exception>
    public static SharedFile Open(RankAgreement ranks, string path)
    {
        if (ranks.IsAlone)
            return new(path, null);
        if (ranks.IsFirst && !File.Exists(path))
            throw MLNetErrors.Mark(new FileNotFoundException($"There is no file '{path}' in the first process.", path));
        using FileStream? source = ranks.IsFirst ? File.OpenRead(path) : null;
        long length = ranks.Share(source?.Length ?? 0);
        string? copy = ranks.IsFirst ? null : System.IO.Path.GetTempFileName();
        var file = new SharedFile(copy ?? path, copy);
        try
        {
            using FileStream? target = copy is null ? null : File.Create(copy);
            byte[] chunk = new byte[(int)Math.Min(ChunkBytes, length)];
            for (long done = 0; done < length; done += chunk.Length)
            {
                Span<byte> part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, length - done));
                source?.ReadExactly(part);
                ranks.Share(part);
                target?.Write(part);
            }
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_copy is not null)
            File.Delete(_copy);
    }
}
