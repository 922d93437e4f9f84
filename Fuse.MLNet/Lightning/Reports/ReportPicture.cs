using System.Buffers.Binary;
using System.IO.Compression;

namespace Fuse.MLNet;

/// <summary>Makes small PNG pictures of images in a batch.</summary>
internal static class ReportPicture
{
    private const int LargestSide = 96;
    private const int SmallestSide = 4;
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>Tells whether a batch value is a picture a row: <c>[N, 1, H, W]</c> or <c>[N, 3, H, W]</c>.</summary>
    public static bool IsPicture(Tensor values) => values.dim() == 4 && values.shape[1] is 1 or 3 && Math.Min(values.shape[2], values.shape[3]) >= SmallestSide;

    /// <summary>Draws one row, from its least value (black) to its greatest (white), in Base64; a large one is drawn smaller.</summary>
    public static string Draw(Tensor values, int row)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor picture = values[row].detach().to(ScalarType.Float32).cpu();
        int stride = (int)((Math.Max(picture.shape[1], picture.shape[2]) + LargestSide - 1) / LargestSide);
        picture = picture[.., TensorIndex.Slice(step: stride), TensorIndex.Slice(step: stride)].permute(1, 2, 0).contiguous();
        float[] pixels = [.. picture.data<float>()];
        float[] finite = [.. pixels.Where(float.IsFinite)];
        (float low, float high) = finite.Length == 0 ? (0, 0) : (finite.Min(), finite.Max());
        float scale = high > low ? 255 / (high - low) : 0;
        byte[] shades = [.. pixels.Select(pixel => float.IsFinite(pixel) ? (byte)MathF.Round((pixel - low) * scale) : (byte)0)];
        return Convert.ToBase64String(Png(shades, (int)picture.shape[1], (int)picture.shape[0], (int)picture.shape[2]));
    }

    private static byte[] Png(byte[] pixels, int width, int height, int channels)
    {
        using var file = new MemoryStream();
        file.Write(Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        // 8 bits a channel, grey or RGB, and each line of pixels as it is (filter 0).
        (header[8], header[9]) = (8, (byte)(channels == 1 ? 0 : 2));
        using var data = new MemoryStream();
        using (var compressed = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int y = 0; y < height; y++)
            {
                compressed.WriteByte(0);
                compressed.Write(pixels, y * width * channels, width * channels);
            }
        }
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "IDAT"u8, data.ToArray());
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void Chunk(Stream file, ReadOnlySpan<byte> name, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] named = [.. name, .. data];
        file.Write(named);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(named));
        file.Write(number);
    }

    // The checksum of the PNG specification, annex D.
    private static uint Crc32(byte[] data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
