using Fuse.MLNet.Examples.Segmentation;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class SegmentationExampleTests : LeakCheckedTest
{
    [TestMethod]
    [DataRow(32, (byte)1, (byte)1, false, null, DisplayName = "classes 0 and 1")]
    [DataRow(36, (byte)255, (byte)255, false, 32, DisplayName = "masks of 0 and 255, resized")]
    [DataRow(32, (byte)1, (byte)2, true, null, DisplayName = "three classes, in colour")]
    public void AFolderOfPairsIsTrainedSavedAndShown(int drawn, byte above, byte below, bool isColor, int? size)
    {
        string data = Path.Combine(Folder, "data");
        CellRenderer.Write(data, count: 10, drawn, seed: 1);
        foreach (string path in Directory.GetFiles(Path.Combine(data, "label")))
        {
            GreyImage label = PngFile.ReadFirstChannel(path);
            PngFile.WriteGrey(path, label with { Pixels = [.. label.Pixels.Select((value, at) => (byte)(value * (at < label.Pixels.Length / 2 ? above : below)))] });
        }
        foreach (string path in isColor ? Directory.GetFiles(Path.Combine(data, "image")) : [])
            ImageFolderTests.MakeColored(path);
        SegmentationOptions options = Options(data) with { Size = size };
        SegmentationExample.Run(options);
        Assert.IsTrue(File.Exists(options.Model));
        // Two held-out rows of three panels of 32 pixels, six times as large, with gaps of 4.
        Assert.IsTrue(PngHeader.Read(options.Strip) is { Width: (3 * 196) + 4, Height: (2 * 196) + 4 });
        Assert.AreEqual(3, Directory.GetFileSystemEntries(Folder).Length);
    }

    [TestMethod]
    public void VolumesAreTrainedSavedAndShown()
    {
        SegmentationOptions options = Options(data: null) with { Volume = true, Size = 16, Keep = Path.Combine(Folder, "volumes") };
        SegmentationExample.Run(options);
        Assert.IsTrue(File.Exists(options.Model));
        Assert.HasCount(10, Directory.GetFiles(Path.Combine(options.Keep!, "image"), "*.npy"));
        // Two rows of three panels of 16 pixels, twelve times as large, with gaps of 4.
        Assert.IsTrue(PngHeader.Read(options.Strip) is { Width: (3 * 196) + 4, Height: (2 * 196) + 4 });
    }

    [TestMethod]
    [DataRow("one value", "The labels hold only the value 0; expected at least two")]
    [DataRow("smooth", "The labels hold 255 different values, more than 32")]
    [DataRow("size", "--size must be a multiple of 8 from 16 to 1024")]
    [DataRow("images", "--images must be from 8 to 10000; it is 7")]
    [DataRow("epochs", "--epochs must be at least 1; it is 0")]
    [DataRow("model folder", "The folder of the model file")]
    [DataRow("strip folder", "The folder of the strip")]
    [DataRow("volume", "--data gives pictures, and --volume draws volumes")]
    [DataRow("large volume", "--size must be a multiple of 8 from 16 to 128")]
    [DataRow("full folder", "has pictures already, which would mix with the drawn ones")]
    [DataRow("keep", "--data gives pictures, and --keep is for drawn ones")]
    public void WhatCannotWorkIsNamedBeforeTraining(string what, string expected)
    {
        string data = Path.Combine(Folder, "data");
        CellRenderer.Write(data, count: 8, size: 16, seed: 1);
        foreach (string label in Directory.GetFiles(Path.Combine(data, "label")))
            PngFile.WriteGrey(label, new(16, 16, [.. Enumerable.Range(0, 256).Select(i => (byte)(what == "smooth" ? Math.Min(i, 254) : 0))]));
        SegmentationOptions options = Options(data);
        Exception error = Assert.Throws<Exception>(() => SegmentationExample.Run(what switch
        {
            "size" => options with { Size = 36 },
            "images" => options with { Images = 7 },
            "epochs" => options with { Epochs = 0 },
            "model folder" => options with { Model = Path.Combine(Folder, "none", "a.zip") },
            "strip folder" => options with { Strip = Path.Combine(Folder, "none", "a.png") },
            "volume" => options with { Volume = true },
            "large volume" => options with { Data = null, Volume = true, Size = 136 },
            "full folder" => options with { Data = null, Keep = data },
            "keep" => options with { Keep = Folder },
            _ => options,
        }));
        Assert.Contains(expected, error.Message);
        Assert.DoesNotContain("\n", error.Message);
    }

    private SegmentationOptions Options(string? data) => new()
    {
        Data = data,
        Images = 10,
        Epochs = 1,
        Seed = 1,
        Model = Path.Combine(Folder, "model.zip"),
        Strip = Path.Combine(Folder, "strip.png"),
    };
}
