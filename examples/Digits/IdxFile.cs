using System.Buffers.Binary;
using System.Globalization;

namespace Fuse.MLNet.Examples.Digits;

/// <summary>
/// Read pictures and labels in the IDX format of MNIST, plain or compressed with gzip.
/// </summary>
/// <remarks>
/// Compression is told by the content, not by the name. Nothing in a header is believed before
/// the bytes are there, so a damaged file cannot make the reader allocate more than it holds.
/// </remarks>
public static class IdxFile
{
    private const uint ImagesMagic = 0x00000803;
    private const uint LabelsMagic = 0x00000801;
    private const uint LargestSide = 65_535;

    /// <summary>
    /// Read the pictures of a file.
    /// </summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="count">The number of pictures.</param>
    /// <param name="rows">The height of each picture, in pixels.</param>
    /// <param name="columns">The width of each picture, in pixels.</param>
    /// <returns>The pixels, count x rows x columns bytes, row by row, 0 for background.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or blank.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a whole and exact IDX file of pictures.</exception>
    public static byte[] ReadImages(string path, out int count, out int rows, out int columns)
    {
        using var source = new IdxSource(path);
        var sizes = ReadHeader(source, ImagesMagic, "images", ["images", "rows", "columns"]);
        for (var i = 1; i < 3; i++)
        {
            if (sizes[i] is 0 or > LargestSide)
            {
                throw source.Fault(
                    $"expected images of 1 to {Text(LargestSide)} pixels a side, "
                    + $"found {Text(sizes[1])} rows and {Text(sizes[2])} columns");
            }
        }

        // Neither product overflows: each side is below 2^16 and the count below 2^32.
        var length = (ulong)sizes[0] * (sizes[1] * sizes[2]);
        var what = $"{Text(sizes[0])} images of {Text(sizes[1])} x {Text(sizes[2])} pixels";
        var pixels = ReadBody(source, length, what);
        (count, rows, columns) = ((int)sizes[0], (int)sizes[1], (int)sizes[2]);
        return pixels;
    }

    /// <summary>
    /// Read the labels of a file.
    /// </summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <returns>The labels, one byte each.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or blank.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a whole and exact IDX file of labels.</exception>
    public static byte[] ReadLabels(string path)
    {
        using var source = new IdxSource(path);
        var sizes = ReadHeader(source, LabelsMagic, "labels", ["labels"]);
        return ReadBody(source, sizes[0], $"{Text(sizes[0])} labels");
    }

    private static uint[] ReadHeader(IdxSource source, uint magic, string kind, string[] names)
    {
        // The magic is judged first: a file of another kind is then called so even when it is short.
        var start = source.Read(4);
        var found = start.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(start) : magic;
        if (found != magic)
        {
            throw source.Fault($"expected the magic number 0x{magic:X8} of IDX {kind}, found 0x{found:X8}");
        }

        var header = source.Read(4L * names.Length);
        if (header.Length != 4 * names.Length)
        {
            throw source.Fault(
                $"expected an IDX header of {4 + (4 * names.Length)} bytes, found {start.Length + header.Length}");
        }

        return [.. names.Select((_, i) => BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4 * i)))];
    }

    private static byte[] ReadBody(IdxSource source, ulong length, string what)
    {
        if (length > (ulong)Array.MaxLength)
        {
            throw source.Fault(
                $"expected at most {Text((ulong)Array.MaxLength)} bytes of data, found a header that claims {what}");
        }

        var body = source.Read((long)length);
        if (body.Length != (int)length)
        {
            throw source.Fault($"expected {Text(length)} bytes of data for {what}, found {Text((ulong)body.Length)}");
        }

        if (source.Read(1).Length > 0)
        {
            throw source.Fault($"expected {Text(length)} bytes of data for {what}, found more after them");
        }

        source.CheckEnd();
        return body;
    }

    private static string Text(ulong number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
