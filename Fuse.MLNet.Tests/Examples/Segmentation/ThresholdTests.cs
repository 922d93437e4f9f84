using Fuse.MLNet.Examples.Segmentation;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class ThresholdTests
{
    [TestMethod]
    // Two levels: the foreground is exactly one side, whichever.
    [DataRow(new byte[] { 10, 10, 200, 200 }, new[] { false, false, true, true }, 1.0, 1.0)]
    [DataRow(new byte[] { 10, 10, 200, 200 }, new[] { true, true, false, false }, 1.0, 1.0)]
    // Otsu parts {0, 10, 20} from {240, 250}; the foreground is {20, 240, 250}: 2 x 2 / (2 + 3), and all of it above level 10.
    [DataRow(new byte[] { 0, 10, 20, 240, 250 }, new[] { false, false, true, true, true }, 0.8, 1.0)]
    // One level cannot part anything: all of it is found, of which half is right.
    [DataRow(new byte[] { 7, 7, 7, 7 }, new[] { true, false, true, false }, 2.0 / 3, 2.0 / 3)]
    public void ThresholdsScoreAsComputedByHand(byte[] pixels, bool[] foreground, double otsu, double best)
    {
        Assert.AreEqual(otsu, Threshold.OtsuDice(pixels, foreground), 1e-12);
        Assert.AreEqual(best, Threshold.BestDice(pixels, foreground), 1e-12);
    }
}
