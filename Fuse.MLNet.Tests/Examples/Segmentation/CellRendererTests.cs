using System.Security.Cryptography;
using Fuse.MLNet.Examples.Segmentation;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class CellRendererTests : LeakCheckedTest
{
    [TestMethod]
    public void DrawnCellsGoBySeedAndIndex()
    {
        string first = Hash(CellRenderer.Draw(64, seed: 1, index: 0));
        Assert.AreEqual(first, Hash(CellRenderer.Draw(64, seed: 1, index: 0)));
        Assert.AreNotEqual(first, Hash(CellRenderer.Draw(64, seed: 1, index: 1)));
        Assert.AreNotEqual(first, Hash(CellRenderer.Draw(64, seed: 2, index: 0)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => CellRenderer.Draw(15, 1, 0));
    }

    [TestMethod]
    public void CellsCoverAsMuchAsTheirShapesSay()
    {
        const int size = 96;
        const int border = 14;
        double covered = 0;
        const int count = 250;
        for (int index = 0; index < count; index++)
        {
            GreyImage label = CellRenderer.Draw(size, seed: 5, index).Label;
            Assert.IsTrue(label.Pixels.All(value => value is 0 or 1));
            for (int y = border; y < size - border; y++)
                covered += label.Pixels.AsSpan((y * size) + border, size - (2 * border)).Count((byte)1);
        }
        // An ellipse of radii r and r s whose edge is 1 - q^2 - d q^3 cos(3 angle) has the area pi r^2 s (1 + 3/4 d^2 + ...). Here r is from 7 to 13, s from
        // 0.7 to 1, d from -1/4 to 1/4; centres are anywhere. A pixel away from the border is outside all of n cells by (1 - area / places)^n.
        double area = Math.PI * ((Math.Pow(13, 3) - Math.Pow(7, 3)) / 18) * 0.85 * (1 + (0.75 / 16 / 3));
        double expected = Enumerable.Range(6, 6).Average(n => 1 - Math.Pow(1 - (area / Math.Pow(size - 1, 2)), n));
        // One picture deviates by about 0.09, the mean of 250 by 0.006.
        Assert.AreEqual(expected, covered / count / Math.Pow(size - (2 * border), 2), 0.02);
    }

    [TestMethod]
    public void BrightnessAloneDoesNotTellCells()
    {
        double[] best = [.. Enumerable.Range(0, 40).Select(index =>
        {
            (GreyImage image, GreyImage label) = CellRenderer.Draw(96, seed: 3, index);
            return Threshold.BestDice(image.Pixels, [.. label.Pixels.Select(value => value == 1)]);
        })];
        // Measured: 0.60.
        Assert.IsLessThan(0.75, best.Average());
    }

    [TestMethod]
    public void WrittenPicturesAreTheDrawnOnes()
    {
        CellRenderer.Write(Folder, count: 3, size: 32, seed: 7);
        ImageFolderTests.AssertNames(Folder, "0000.png", "0001.png", "0002.png");
        (GreyImage image, GreyImage label) = CellRenderer.Draw(32, seed: 7, index: 2);
        CollectionAssert.AreEqual(image.Pixels, PngFile.ReadFirstChannel(Path.Combine(Folder, "image", "0002.png")).Pixels);
        CollectionAssert.AreEqual(label.Pixels, PngFile.ReadFirstChannel(Path.Combine(Folder, "label", "0002.png")).Pixels);
    }

    private static string Hash((GreyImage Image, GreyImage Label) pair) => Convert.ToHexString(SHA256.HashData([.. pair.Image.Pixels, .. pair.Label.Pixels]));
}
