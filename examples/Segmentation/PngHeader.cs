using System.Buffers.Binary;
using System.Globalization;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Holds what the first chunk of a PNG file says, read without decoding the picture.</summary>
/// <param name="Width">The number of columns.</param>
/// <param name="Height">The number of rows.</param>
/// <param name="BitDepth">The bits of each sample.</param>
/// <param name="ColorType">The kind of samples: 0 grey, 2 colour, 3 palette, 4 grey and 6 colour with transparency.</param>
public sealed record PngHeader(int Width, int Height, int BitDepth, int ColorType)
{
    private static readonly byte[] s_start = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R'];

    // The last chunk: no data, its name, its checksum.
    private static readonly byte[] s_end = [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82];

    /// <summary>Gets whether a pixel is one number.</summary>
    public bool IsGrey => ColorType is 0 or 4;

    /// <summary>Gets whether a pixel is an index into a list of colours.</summary>
    public bool IsPalette => ColorType == 3;

    /// <summary>Gets the sizes as text, such as <c>96 x 64</c>.</summary>
    public string Size => string.Create(CultureInfo.InvariantCulture, $"{Width} x {Height}");

    /// <summary>Reads a file's header, and looks whether the file is whole.</summary>
    /// <exception cref="InvalidDataException">The file is no PNG, or its end is missing.</exception>
    public static PngHeader Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        var start = new byte[26];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.AsSpan(0, s_start.Length).SequenceEqual(s_start))
            throw new InvalidDataException($"{path}: expected a PNG picture, found a file that does not start like one.");
        var end = new byte[s_end.Length];
        file.Seek(-Math.Min(file.Length, end.Length), SeekOrigin.End);
        file.ReadExactly(end);
        if (!end.AsSpan().SequenceEqual(s_end))
            throw new InvalidDataException($"{path}: expected a whole PNG picture, found one whose end is missing.");
        return new(BinaryPrimitives.ReadInt32BigEndian(start.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(start.AsSpan(20)), start[24], start[25]);
    }
}
