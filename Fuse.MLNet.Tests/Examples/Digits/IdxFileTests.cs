using System.IO.Compression;
using Fuse.MLNet.Examples.Digits;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class IdxFileTests : LeakCheckedTest
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ImagesAndLabelsAreReadPlainAndPacked(bool packed)
    {
        byte[] pixels = IdxFile.ReadImages(Write(Images(2, 2, 3, 12), packed), out int count, out int rows, out int columns);
        CollectionAssert.AreEqual(new[] { 2, 2, 3 }, new[] { count, rows, columns });
        CollectionAssert.AreEqual(Enumerable.Range(0, 12).Select(i => (byte)i).ToArray(), pixels);
        CollectionAssert.AreEqual(new byte[] { 0, 1, 2 }, IdxFile.ReadLabels(Write(Labels(3, 3), packed)));
        Assert.IsEmpty(IdxFile.ReadLabels(Write(Labels(0, 0), packed)));
    }

    [TestMethod]
    [DataRow("empty", "found an empty file")]
    [DataRow("labels", "expected the magic number 0x00000803 of IDX images, found 0x00000801")]
    [DataRow("text", "expected the magic number 0x00000803")]
    [DataRow("short header", "expected an IDX header of 16 bytes, found 10")]
    [DataRow("two bytes", "expected an IDX header of 16 bytes, found 2")]
    [DataRow("short body", "expected 12 bytes of data for 2 images of 2 x 3 pixels, found 11")]
    [DataRow("long body", "found more after them")]
    [DataRow("no rows", "expected images of 1 to 65,535 pixels a side")]
    [DataRow("huge side", "expected images of 1 to 65,535 pixels a side")]
    [DataRow("huge count", "found a header that claims 4,294,967,295 images")]
    [DataRow("cut gzip", "expected 40,000 bytes of data")]
    [DataRow("noise in gzip", "gzip")]
    [DataRow("tail after gzip", "expected gzip data that ends with its length")]
    public void ADamagedFileIsNamedInOneLine(string damage, string expected)
    {
        byte[] good = Images(2, 2, 3, 12);
        byte[] bytes = damage switch
        {
            "empty" => [],
            "labels" => Labels(3, 3),
            "text" => "hello, this is no picture"u8.ToArray(),
            "short header" => good[..10],
            "two bytes" => good[..2],
            "short body" => good[..^1],
            "long body" => [.. good, 0],
            "no rows" => Images(2, 0, 3, 0),
            "huge side" => Images(1, 70_000, 1, 0),
            "huge count" => Images(uint.MaxValue, 28, 28, 0),
            "cut gzip" => Packed(Images(100, 20, 20, 40_000))[..^300],
            "noise in gzip" => [.. Packed(good)[..12], 255, 255, 255, 255, 0, 0, 0, 0, 0, 0],
            _ => [.. Packed(good), 1, 2, 3, 4],
        };
        string path = Write(bytes, packed: false);
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => IdxFile.ReadImages(path, out _, out _, out _));
        Assert.StartsWith(path, error.Message);
        Assert.Contains(expected, error.Message);
        Assert.DoesNotContain("\n", error.Message);
    }

    [TestMethod]
    public void AMissingFileIsNamed()
    {
        Assert.Contains("found no such file", Assert.ThrowsExactly<FileNotFoundException>(() => IdxFile.ReadLabels(Path.Combine(Folder, "none"))).Message);
        Assert.ThrowsExactly<ArgumentException>(() => IdxFile.ReadLabels(" "));
    }

    /// <summary>Makes a file of images whose pixels count up.</summary>
    internal static byte[] Images(uint count, uint rows, uint columns, int pixels) =>
        [.. BigEndian(0x803), .. BigEndian(count), .. BigEndian(rows), .. BigEndian(columns), .. Enumerable.Range(0, pixels).Select(i => (byte)i)];

    /// <summary>Makes a file of labels that count up from 0 to 9.</summary>
    internal static byte[] Labels(uint count, int labels) => [.. BigEndian(0x801), .. BigEndian(count), .. Enumerable.Range(0, labels).Select(i => (byte)(i % 10))];

    internal static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.NoCompression))
            zip.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] BigEndian(uint number) => [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];

    private string Write(byte[] bytes, bool packed)
    {
        string path = Path.Combine(Folder, Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(path, packed ? Packed(bytes) : bytes);
        return path;
    }
}
