using System.Security.Cryptography;
using Fuse.MLNet.Examples.Digits;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class DigitDataTests : LeakCheckedTest
{
    [TestMethod]
    public void DrawnDigitsGoByTheSeed()
    {
        string first = Hash(DigitRenderer.Generate(50, 1));
        Assert.AreEqual(first, Hash(DigitRenderer.Generate(50, 1)));
        Assert.AreNotEqual(first, Hash(DigitRenderer.Generate(50, 2)));
    }

    [TestMethod]
    public void DrawnDigitsAreBalancedInRangeAndInked()
    {
        Digit[] digits = DigitRenderer.Generate(200, 3);
        foreach (IGrouping<uint, Digit> group in digits.GroupBy(digit => digit.Label))
            Assert.HasCount(20, group.ToArray());
        Assert.IsTrue(digits.All(digit => digit.Pixels.Length == 784 && digit.Pixels.All(value => value is >= 0 and <= 1) && digit.Pixels.Max() > 0.5f));
        Assert.IsEmpty(DigitRenderer.Generate(0, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => DigitRenderer.Generate(-1, 1));
    }

    [TestMethod]
    public void TrainingAndTestDigitsShareNothing()
    {
        DigitData data = DigitData.Generated(1, 60, 40);
        Assert.HasCount(60, data.Train);
        Assert.HasCount(40, data.Test);
        Assert.AreEqual("60 training and 40 test digits drawn by the program, seed 1", data.Description);
        string[] train = [.. data.Train.Select(digit => Hash([digit]))];
        Assert.IsEmpty(train.Intersect(data.Test.Select(digit => Hash([digit]))).ToArray());
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void OnePairIsSplitBySeedAndEveryDigitKept(bool packed)
    {
        WritePair("t10k", 20, packed);
        DigitData data = DigitData.FromDirectory(Folder, 1);
        Assert.HasCount(16, data.Train);
        Assert.HasCount(4, data.Test);
        string[] all = [.. data.Train.Concat(data.Test).Select(digit => Hash([digit])).Order()];
        CollectionAssert.AreEqual(all, DigitData.FromDirectory(Folder, 2) is var other ? other.Train.Concat(other.Test).Select(digit => Hash([digit])).Order().ToArray() : []);
        Assert.AreEqual(Hash(data.Test), Hash(DigitData.FromDirectory(Folder, 1).Test));
        Assert.AreNotEqual(Hash(data.Test), Hash(other.Test));
        // The first byte of the first image is 0, its last one 783 % 256.
        Assert.IsTrue(data.Train.Concat(data.Test).Any(digit => digit.Label == 0 && digit.Pixels[0] == 0 && digit.Pixels[783] == (783 % 256) / 255f));
    }

    [TestMethod]
    public void BothPairsAreTakenAsTheyAre()
    {
        WritePair("train", 12, packed: false);
        WritePair("t10k", 5, packed: true);
        DigitData data = DigitData.FromDirectory(Folder, 1);
        Assert.HasCount(12, data.Train);
        CollectionAssert.AreEqual(new uint[] { 0, 1, 2, 3, 4 }, data.Test.Select(digit => digit.Label).ToArray());
    }

    [TestMethod]
    [DataRow("nothing", typeof(FileNotFoundException), "found none of them")]
    [DataRow("no labels", typeof(FileNotFoundException), "expected t10k-labels-idx1-ubyte")]
    [DataRow("other size", typeof(InvalidDataException), "expected images of 28 x 28 pixels, found 2 x 3")]
    [DataRow("fewer labels", typeof(InvalidDataException), "expected 3 labels")]
    [DataRow("label 11", typeof(InvalidDataException), "expected labels from 0 to 9, found 11 at index 1")]
    [DataRow("one image", typeof(InvalidDataException), "expected at least 2 images")]
    [DataRow("no image", typeof(InvalidDataException), "found a file of none")]
    public void AFolderThatDoesNotFitIsNamed(string what, Type type, string expected)
    {
        WritePair("t10k", what == "one image" ? 1 : what == "no image" ? 0 : 3, packed: false);
        string images = Path.Combine(Folder, "t10k-images-idx3-ubyte");
        string labels = Path.Combine(Folder, "t10k-labels-idx1-ubyte");
        if (what == "nothing")
            File.Delete(images);
        if (what is "nothing" or "no labels")
            File.Delete(labels);
        if (what == "other size")
            File.WriteAllBytes(images, IdxFileTests.Images(3, 2, 3, 18));
        if (what == "fewer labels")
            File.WriteAllBytes(labels, IdxFileTests.Labels(2, 2));
        if (what == "label 11")
            File.WriteAllBytes(labels, [.. IdxFileTests.Labels(3, 1), 11, 2]);
        Exception error = Assert.Throws<Exception>(() => DigitData.FromDirectory(Folder, 1));
        Assert.AreEqual(type, error.GetType());
        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    public void AMissingFolderIsNamed() =>
        Assert.Contains("found no such directory", Assert.ThrowsExactly<DirectoryNotFoundException>(() => DigitData.FromDirectory(Path.Combine(Folder, "none"), 1)).Message);

    private static string Hash(IEnumerable<Digit> digits) => Convert.ToHexString(SHA256.HashData(
        [.. digits.SelectMany(digit => digit.Pixels.SelectMany(BitConverter.GetBytes).Concat(BitConverter.GetBytes(digit.Label)))]));

    private void WritePair(string prefix, int count, bool packed)
    {
        byte[] images = IdxFileTests.Images((uint)count, 28, 28, count * 784);
        byte[] labels = IdxFileTests.Labels((uint)count, count);
        string end = packed ? ".gz" : "";
        File.WriteAllBytes(Path.Combine(Folder, $"{prefix}-images-idx3-ubyte{end}"), packed ? IdxFileTests.Packed(images) : images);
        File.WriteAllBytes(Path.Combine(Folder, $"{prefix}-labels-idx1-ubyte{end}"), packed ? IdxFileTests.Packed(labels) : labels);
    }
}
