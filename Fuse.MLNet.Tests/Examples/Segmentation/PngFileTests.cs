using Fuse.MLNet.Examples.Segmentation;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class PngFileTests : LeakCheckedTest
{
    private static readonly GreyImage s_image = new(17, 16, [.. Enumerable.Range(0, 17 * 16).Select(i => (byte)i)]);

    [TestMethod]
    public void APictureComesBackAsItWas()
    {
        string path = Path.Combine(Folder, "a.png");
        PngFile.WriteGrey(path, s_image);
        Assert.AreEqual(new PngHeader(17, 16, 8, 0), PngHeader.Read(path));
        Assert.IsTrue(PngHeader.Read(path) is { IsGrey: true, IsPalette: false, Size: "17 x 16" });
        GreyImage read = PngFile.ReadFirstChannel(path);
        CollectionAssert.AreEqual(s_image.Pixels, read.Pixels);
        Assert.AreEqual((17, 16), (read.Width, read.Height));
        Assert.HasCount(1, Directory.GetFiles(Folder));
    }

    [TestMethod]
    public void MLNetLoadsThePixelsThatWereWritten()
    {
        string path = Path.Combine(Folder, "a.png");
        PngFile.WriteGrey(path, s_image);
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable([new ImagePair { ImagePath = path }]);
        IDataView loaded = ml.Transforms.LoadImages("Image", "", nameof(ImagePair.ImagePath))
            .Append(ml.Transforms.ResizeImages("Image", 17, 16, resizing: ImageResizingEstimator.ResizingKind.Fill))
            .Append(ml.Transforms.ExtractPixels("Pixels", "Image", ImagePixelExtractingEstimator.ColorBits.Red, outputAsFloatArray: false))
            .Fit(data).Transform(data);
        CollectionAssert.AreEqual(s_image.Pixels, loaded.GetColumn<byte[]>("Pixels").Single());
    }

    [TestMethod]
    [DataRow(4, 2, new byte[] { 1, 1, 2, 2, 3, 3, 4, 4 })]
    [DataRow(1, 1, new byte[] { 4 })]
    [DataRow(2, 2, new byte[] { 1, 2, 3, 4 })]
    [DataRow(3, 2, new byte[] { 1, 2, 2, 3, 4, 4 })]
    public void ResizingTakesTheNearestPixel(int width, int height, byte[] expected) =>
        CollectionAssert.AreEqual(expected, PngFile.ResizeNearest(new(2, 2, [1, 2, 3, 4]), width, height).Pixels);

    [TestMethod]
    [DataRow("empty", "does not start like one")]
    [DataRow("text", "does not start like one")]
    [DataRow("cut", "end is missing")]
    public void ADamagedPictureIsNamed(string damage, string expected)
    {
        string path = Path.Combine(Folder, "a.png");
        PngFile.WriteGrey(path, s_image);
        byte[] good = File.ReadAllBytes(path);
        File.WriteAllBytes(path, damage == "empty" ? [] : damage == "text" ? "This is no picture, but a long enough text."u8.ToArray() : good[..^1]);
        string message = Assert.ThrowsExactly<InvalidDataException>(() => PngHeader.Read(path)).Message;
        Assert.StartsWith(path, message);
        Assert.Contains(expected, message);
    }
}
