using System.Buffers.Binary;
using System.IO.Compression;

namespace Fuse.MLNet.Examples.Digits;

/// <summary>
/// Read the bytes of a file in steps, unpacking gzip when its content starts like it.
/// </summary>
internal sealed class IdxSource : IDisposable
{
    private const int ChunkSize = 64 * 1024;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly Stream _bytes;
    private long _total;

    /// <summary>
    /// Open a file.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is empty.</exception>
    public IdxSource(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = path;
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: expected an IDX file, found no such file.", path);
        }

        _file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[2];
        var length = _file.ReadAtLeast(start, 2, throwOnEndOfStream: false);
        if (length == 0)
        {
            _file.Dispose();
            throw Fault("expected an IDX file, found an empty file");
        }

        _file.Position = 0;
        _bytes = length == 2 && start[0] == 0x1F && start[1] == 0x8B
            ? new GZipStream(_file, CompressionMode.Decompress)
            : _file;
    }

    /// <summary>
    /// Read bytes: as many as asked for, or fewer when the data ends before.
    /// </summary>
    /// <exception cref="InvalidDataException">The gzip data is damaged or cut off.</exception>
    public byte[] Read(long length)
    {
        // Chunk by chunk, because the wanted length comes from a header that may lie.
        var chunks = new List<byte[]>();
        var left = length;
        while (left > 0)
        {
            var chunk = new byte[Math.Min(left, ChunkSize)];
            var got = Fill(chunk);
            left -= got;
            if (got < chunk.Length)
            {
                chunks.Add(chunk[..got]);
                break;
            }

            chunks.Add(chunk);
        }

        _total += length - left;
        return Join(chunks, (int)(length - left));
    }

    /// <summary>
    /// Check, once every byte has been read, that the file ends where its gzip data does.
    /// </summary>
    /// <exception cref="InvalidDataException">Something is missing from the end or follows it.</exception>
    public void CheckEnd()
    {
        if (ReferenceEquals(_bytes, _file))
        {
            return;
        }

        // GZipStream passes over what follows the compressed data. The file must end
        // with the unpacked length, modulo 2^32.
        Span<byte> end = stackalloc byte[4];
        _file.Position = Math.Max(0, _file.Length - end.Length);
        _file.ReadExactly(end);
        var stated = BinaryPrimitives.ReadUInt32LittleEndian(end);
        if (stated != (uint)_total)
        {
            throw Fault($"expected gzip data that ends with its length, {(uint)_total}, found {stated}: "
                + "bytes are missing from the end or follow it");
        }
    }

    /// <summary>
    /// Make the exception for a problem with this file.
    /// </summary>
    /// <param name="problem">What was expected and what was found, without a full stop.</param>
    public InvalidDataException Fault(string problem) => new($"{_path}: {problem}.");

    /// <summary>
    /// Close the file.
    /// </summary>
    public void Dispose()
    {
        _bytes.Dispose();
        _file.Dispose();
    }

    private int Fill(byte[] chunk)
    {
        try
        {
            return _bytes.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException(
                $"{_path}: expected whole gzip data, found damaged or cut-off data ({error.Message.TrimEnd('.')}).",
                error);
        }
    }

    private static byte[] Join(List<byte[]> chunks, int length)
    {
        if (chunks.Count == 1)
        {
            return chunks[0];
        }

        var all = new byte[length];
        var at = 0;
        foreach (var chunk in chunks)
        {
            chunk.CopyTo(all, at);
            at += chunk.Length;
        }

        return all;
    }
}
