using Fuse.MLNet.Examples.Segmentation;
using SkiaSharp;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class ImageFolderTests : LeakCheckedTest
{
    private string Scratch => Directory.CreateDirectory(Path.Combine(Folder, "scratch")).FullName;

    [TestMethod]
    public void PairsAreFoundByNameAndSplitBySeed()
    {
        CellRenderer.Write(Folder, count: 10, size: 32, seed: 1);
        ImageFolder folder = ImageFolder.Open(Folder, size: null, Scratch);
        Assert.AreEqual((32, 32, false), (folder.Width, folder.Height, folder.IsColor));
        Assert.IsTrue(folder.Pairs.All(pair => Path.GetFileName(pair.ImagePath) == Path.GetFileName(pair.LabelPath) && File.Exists(pair.LabelPath)));
        (ImagePair[] train, ImagePair[] heldOut) = PairFiles.Split(folder.Pairs, seed: 3, fraction: 0.2);
        Assert.HasCount(2, heldOut);
        CollectionAssert.AreEquivalent(folder.Pairs, train.Concat(heldOut).ToArray());
        CollectionAssert.AreEqual(heldOut, PairFiles.Split(folder.Pairs, seed: 3, fraction: 0.2).HeldOut);
        Assert.IsTrue(Enumerable.Range(4, 3).Any(seed => !PairFiles.Split(folder.Pairs, seed, 0.2).HeldOut.SequenceEqual(heldOut)));
    }

    [TestMethod]
    public void LabelsOfAnotherSizeAreResizedWithoutMixingClasses()
    {
        CellRenderer.Write(Folder, count: 8, size: 48, seed: 1);
        ImageFolder folder = ImageFolder.Open(Folder, size: 32, Scratch);
        Assert.AreEqual((32, 32), (folder.Width, folder.Height));
        foreach (ImagePair pair in folder.Pairs)
        {
            Assert.StartsWith(Scratch, pair.LabelPath);
            Assert.IsTrue(PngFile.ReadFirstChannel(pair.LabelPath) is { Width: 32, Height: 32 } label && label.Pixels.All(value => value is 0 or 1));
        }
    }

    [TestMethod]
    public void ColorsAreNoticed()
    {
        CellRenderer.Write(Folder, count: 8, size: 32, seed: 1);
        MakeColored(Path.Combine(Folder, "image", "0005.png"));
        Assert.IsTrue(ImageFolder.Open(Folder, size: null, Scratch).IsColor);
    }

    [TestMethod]
    [DataRow("no folder", typeof(DirectoryNotFoundException), "expected a folder with image/*.png and label/*.png, found no such folder")]
    [DataRow("no image", typeof(DirectoryNotFoundException), "expected a folder 'image', found label")]
    [DataRow("no label", typeof(DirectoryNotFoundException), "expected a folder 'label', found image")]
    [DataRow("no png", typeof(FileNotFoundException), "expected PNG pictures, found 0000.jpg, 0001.jpg, 0002.jpg and 5 more")]
    [DataRow("empty", typeof(FileNotFoundException), "expected PNG pictures, found no file")]
    [DataRow("other name", typeof(FileNotFoundException), "expected label/0003.png beside image/0003.png, for pairs have equal names; found label/0000.png, label/0001.png, label/0002.png and 5 more")]
    [DataRow("label alone", typeof(FileNotFoundException), "expected image/more.png beside label/more.png")]
    [DataRow("few", typeof(InvalidDataException), "expected at least 8 pairs of pictures to train, validate and test on, found 7")]
    [DataRow("other size", typeof(InvalidDataException), "expected 32 x 32 pixels, the size of 0000.png, found 40 x 40; --size N brings")]
    [DataRow("label of other size", typeof(InvalidDataException), "expected a label of 32 x 32 pixels, as its image has, found 40 x 40")]
    [DataRow("odd size", typeof(InvalidDataException), "sides are multiples of 8, which the U-Net halves three times, found 36 x 36; --size 40 brings")]
    [DataRow("palette", typeof(InvalidDataException), "found a picture with a palette")]
    [DataRow("16 bits", typeof(InvalidDataException), "expected a label of 8 bits a pixel, found 16")]
    [DataRow("text", typeof(InvalidDataException), "expected a PNG picture")]
    public void AFolderThatDoesNotFitIsNamed(string what, Type type, string expected)
    {
        CellRenderer.Write(Folder, count: what == "few" ? 7 : 8, size: what == "odd size" ? 36 : 32, seed: 1);
        (string images, string labels, string scratch) = (Path.Combine(Folder, "image"), Path.Combine(Folder, "label"), Scratch);
        Directory.Delete(scratch);
        string image = Path.Combine(images, "0003.png");
        string label = Path.Combine(labels, "0003.png");
        switch (what)
        {
            case "no image": Directory.Delete(images, recursive: true); break;
            case "no label": Directory.Delete(labels, recursive: true); break;
            case "no png":
                foreach (string file in Directory.GetFiles(images))
                    File.Move(file, Path.ChangeExtension(file, ".jpg"));
                break;
            case "empty":
                foreach (string file in Directory.GetFiles(labels))
                    File.Delete(file);
                break;
            case "other name": File.Move(label, Path.Combine(labels, "0003_mask.png")); break;
            case "label alone": File.Copy(label, Path.Combine(labels, "more.png")); break;
            case "other size":
                PngFile.WriteGrey(image, new(40, 40, new byte[1600]));
                PngFile.WriteGrey(label, new(40, 40, new byte[1600]));
                break;
            case "label of other size": PngFile.WriteGrey(label, new(40, 40, new byte[1600])); break;
            case "palette": SetHeader(label, depth: 8, color: 3); break;
            case "16 bits": SetHeader(label, depth: 16, color: 0); break;
            case "text": File.WriteAllText(label, "This is no picture, but a long enough text."); break;
            default: break;
        }
        string folder = what == "no folder" ? Path.Combine(Folder, "none") : Folder;
        Exception error = Assert.Throws<Exception>(() => ImageFolder.Open(folder, size: null, scratch));
        Assert.AreEqual(type, error.GetType());
        Assert.Contains(expected, error.Message);
        Assert.StartsWith(folder, error.Message);
        Assert.DoesNotContain("\n", error.Message);
    }

    /// <summary>Checks which pairs a folder has.</summary>
    internal static void AssertNames(string folder, params string[] names)
    {
        foreach (string side in new[] { "image", "label" })
            CollectionAssert.AreEqual(names, Directory.GetFiles(Path.Combine(folder, side)).Select(Path.GetFileName).Order().ToArray());
    }

    private static void SetHeader(string path, byte depth, byte color)
    {
        byte[] bytes = File.ReadAllBytes(path);
        (bytes[24], bytes[25]) = (depth, color);
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Writes a picture again in colours: its values in red, the opposite in green.</summary>
    internal static void MakeColored(string path)
    {
        GreyImage grey = PngFile.ReadFirstChannel(path);
        using var bitmap = new SKBitmap(grey.Width, grey.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Pixels = [.. grey.Pixels.Select(value => new SKColor(value, (byte)(255 - value), 0))];
        using FileStream file = File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
    }
}
