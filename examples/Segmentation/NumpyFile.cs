using System.Text;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Writes arrays of bytes as <c>numpy.save</c> does, and reads them back.</summary>
public static class NumpyFile
{
    /// <summary>Writes an array, whose last index runs fastest.</summary>
    /// <remarks>Format: numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0.</remarks>
    public static void Write(string path, byte[] values, IReadOnlyList<int> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        string header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({string.Join(", ", shape)}{(shape.Count == 1 ? "," : "")}), }}";
        // The data begins at a multiple of 64 bytes, after magic, version, length and a header that ends with a new line.
        int length = ((10 + header.Length + 1 + 63) / 64 * 64) - 10;
        using FileStream file = File.Create(path);
        file.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)length, (byte)(length >> 8)]);
        file.Write(Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n"));
        file.Write(values);
    }

    /// <summary>Reads the values of a file that <see cref="Write"/> wrote.</summary>
    public static byte[] Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        return file[(10 + file[8] + (file[9] << 8))..];
    }
}
