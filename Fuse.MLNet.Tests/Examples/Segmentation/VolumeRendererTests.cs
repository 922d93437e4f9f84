using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Fuse.MLNet.Examples.Segmentation;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class VolumeRendererTests : LeakCheckedTest
{
    [TestMethod]
    public void DrawnVolumesGoBySeedAndIndex()
    {
        string first = Hash(VolumeRenderer.Draw(16, seed: 1, index: 0));
        Assert.AreEqual(first, Hash(VolumeRenderer.Draw(16, seed: 1, index: 0)));
        Assert.AreNotEqual(first, Hash(VolumeRenderer.Draw(16, seed: 1, index: 1)));
        Assert.AreNotEqual(first, Hash(VolumeRenderer.Draw(16, seed: 2, index: 0)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => VolumeRenderer.Draw(15, 1, 0));
    }

    [TestMethod]
    [DataRow(7f, 7f)]
    [DataRow(10f, 6f)]
    [DataRow(5f, 9f)]
    public void ASpheroidHasItsVolume(float along, float across)
    {
        var spheroid = new Spheroid(new(12.3f, 11.8f, 12.1f), Vector3.Normalize(new(1, 2, -2)), along, across);
        int inside = Enumerable.Range(0, 25 * 25 * 25).Count(at => spheroid.Contains(new(at % 25, at / 25 % 25, at / 625)));
        double volume = 4 * Math.PI / 3 * along * across * across;
        Assert.AreEqual(volume, inside, 0.02 * volume);
        // Along the axis it ends at one radius, across it at the other.
        Assert.IsTrue(spheroid.Contains(spheroid.Centre + (0.99f * along * spheroid.Axis)) && !spheroid.Contains(spheroid.Centre + (1.01f * along * spheroid.Axis)));
        Vector3 side = Vector3.Normalize(new(2, -1, 0));
        Assert.IsTrue(spheroid.Contains(spheroid.Centre + (0.99f * across * side)) && !spheroid.Contains(spheroid.Centre + (1.01f * across * side)));
    }

    [TestMethod]
    public void BrightnessAloneDoesNotTellSpheroids()
    {
        double[] best = [.. Enumerable.Range(0, 20).Select(index =>
        {
            (byte[] volume, byte[] label) = VolumeRenderer.Draw(32, seed: 3, index);
            Assert.IsTrue(label.Contains((byte)1) && label.All(value => value is 0 or 1));
            return Threshold.BestDice(volume, [.. label.Select(value => value == 1)]);
        })];
        Assert.IsLessThan(0.8, best.Average());
    }

    [TestMethod]
    [DataRow(new[] { 6 }, "(6,)")]
    [DataRow(new[] { 2, 3 }, "(2, 3)")]
    [DataRow(new[] { 1, 2, 3 }, "(1, 2, 3)")]
    public void ArraysAreWrittenAsNumpyDoes(int[] shape, string expected)
    {
        string path = Path.Combine(Folder, "a.npy");
        NumpyFile.Write(path, [1, 2, 3, 4, 5, 6], shape);
        byte[] file = File.ReadAllBytes(path);
        // What numpy.save writes for small arrays: a header of 118 bytes, so that the data begins at 128.
        CollectionAssert.AreEqual(new byte[] { 0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0 }, file[..10]);
        Assert.AreEqual($"{{'descr': '|u1', 'fortran_order': False, 'shape': {expected}, }}".PadRight(117) + "\n", Encoding.ASCII.GetString(file[10..128]));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4, 5, 6 }, file[128..]);
        CollectionAssert.AreEqual(file[128..], NumpyFile.Read(path));
    }

    private static string Hash((byte[] Volume, byte[] Label) pair) => Convert.ToHexString(SHA256.HashData([.. pair.Volume, .. pair.Label]));
}
