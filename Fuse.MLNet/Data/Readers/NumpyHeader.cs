using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Fuse.MLNet;

/// <summary>Describes the array of a <c>.npy</c> file, checked against the bytes that the file has.</summary>
/// <param name="StoredType">The type as which the bytes are read.</param>
/// <param name="DType">The type of the values; it differs from the stored one where libtorch lacks that.</param>
/// <param name="WideningMask">The bits that are kept of a stored integer without a sign, or null.</param>
/// <param name="IsFortranOrder">Whether the first index runs fastest.</param>
/// <param name="Shape">The shape.</param>
/// <remarks>Format: numpy.org/doc/stable/reference/generated/numpy.lib.format.html.</remarks>
internal sealed record NumpyHeader(ScalarType StoredType, ScalarType DType, long? WideningMask, bool IsFortranOrder, long[] Shape)
{
    // numpy's own limit, too.
    private const int MaxHeaderBytes = 10_000;

    // A pattern without backtracking, so that no header takes long.
    private static readonly Regex Fields = new(
        """^\s*\{\s*(?:(?:(?:'descr'|"descr")\s*:\s*(?:'(?<type>[^']*)'|"(?<type>[^"]*)")|(?:'fortran_order'|"fortran_order")\s*:\s*(?<order>True|False)""" +
        """|(?:'shape'|"shape")\s*:\s*\((?<shape>(?:\s*[0-9]+\s*,)*(?:\s*[0-9]+)?\s*)\))\s*,?\s*){3}\}\s*$""",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads the header of a file; the stream then stands at the data.</summary>
    /// <exception cref="InvalidDataException">It is no such file, holds what has no tensor form, or does not hold what its header says.</exception>
    public static NumpyHeader Read(Stream stream)
    {
        Span<byte> start = stackalloc byte[12];
        int read = stream.ReadAtLeast(start[..10], 10, throwOnEndOfStream: false);
        if (start.StartsWith("PK"u8))
            throw Invalid("it is an archive, as numpy.savez writes; save one array a file with numpy.save");
        if (read < 10 || !start.StartsWith(Magic))
            throw Invalid("it does not begin as numpy.save does");
        if (start[6] is < 1 or > 3)
            throw Invalid($"it has the format version {start[6]}.{start[7]}; versions 1.0 to 3.0 are read");
        if (start[6] > 1)
            read += stream.ReadAtLeast(start[10..], 2, throwOnEndOfStream: false);
        long length = start[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (read < (start[6] == 1 ? 10 : 12) || length > MaxHeaderBytes || length > stream.Length - stream.Position)
            throw Invalid($"its header claims {length} bytes where {stream.Length - stream.Position} follow, and at most {MaxHeaderBytes} are read");
        byte[] header = new byte[length];
        stream.ReadExactly(header);
        return Parse(Encoding.UTF8.GetString(header), stream.Length - stream.Position);
    }

    private static NumpyHeader Parse(string text, long dataBytes)
    {
        Match match = Fields.Match(text);
        // Three fields, and each is there: each is there once.
        if (!match.Groups["type"].Success || !match.Groups["order"].Success || !match.Groups["shape"].Success)
            throw Invalid($"its header is not that of a plain array of numbers: {text[..Math.Min(text.Length, 100)].Trim()}");
        (ScalarType stored, ScalarType type, long? mask) = TypeOf(match.Groups["type"].Value);
        string shape = match.Groups["shape"].Value;
        string array = $"{match.Groups["type"].Value} of shape ({shape})";
        var sizes = new List<long>();
        Int128 bytes = SafetensorsDType.SizeOf(stored);
        foreach (string part in shape.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long size) || size == 0 || (bytes *= size) > dataBytes)
                throw Invalid($"{dataBytes} bytes of data follow its header, which do not fit {array}");
            sizes.Add(size);
        }
        if (bytes != dataBytes)
            throw Invalid($"{dataBytes} bytes of data follow its header, where {bytes} are needed for {array}");
        if (bytes > int.MaxValue)
            throw Invalid("it has more than 2 GB");
        return new NumpyHeader(stored, type, mask, match.Groups["order"].Value == "True", [.. sizes]);
    }

    private static (ScalarType Stored, ScalarType Type, long? Mask) TypeOf(string name) => name switch
    {
        "|b1" => (ScalarType.Byte, ScalarType.Bool, null),
        "|u1" => (ScalarType.Byte, ScalarType.Byte, null),
        "|i1" => (ScalarType.Int8, ScalarType.Int8, null),
        "<i2" => (ScalarType.Int16, ScalarType.Int16, null),
        "<i4" => (ScalarType.Int32, ScalarType.Int32, null),
        "<i8" => (ScalarType.Int64, ScalarType.Int64, null),
        "<u2" => (ScalarType.Int16, ScalarType.Int32, ushort.MaxValue),
        "<u4" => (ScalarType.Int32, ScalarType.Int64, uint.MaxValue),
        "<f2" => (ScalarType.Float16, ScalarType.Float16, null),
        "<f4" => (ScalarType.Float32, ScalarType.Float32, null),
        "<f8" => (ScalarType.Float64, ScalarType.Float64, null),
        _ when name.StartsWith('>') => throw Invalid($"its numbers, {name}, are big-endian; save array.astype(array.dtype.newbyteorder(\"<\"))"),
        _ => throw Invalid($"its values, {name}, have no tensor form; save numbers or Booleans, such as array.astype(\"float32\")"),
    };

    private static InvalidDataException Invalid(string why) => new($"as a .npy file it is not valid: {why}.");
}
