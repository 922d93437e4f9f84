using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace Fuse.MLNet.Tests;

/// <summary>Opens folders of images.</summary>
[TestClass]
public sealed class LoadImagesFromFolderTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _log = [];

    [TestInitialize]
    public void Listen() => _ml.Log += (_, message) => _log.Add($"{message.Kind}: {message.RawMessage}");

    [TestMethod]
    public void FoldersAreClassesAndTheirOrderIsFixed()
    {
        foreach (string name in new[] { "owl/b.png", "cat/2.PNG", "cat/10.jpg", "cat box/1.png", "owl/night/a.jpeg", "Dog/1.webp", ".hidden/x.png", "cat/.y.png", "notes/readme.txt" })
            Draw(name);
        string[] expected = ["Dog/1.webp", "cat/10.jpg", "cat/2.PNG", "cat box/1.png", "owl/b.png", "owl/night/a.jpeg"];
        IDataView view = _ml.Fuse().LoadImagesFromFolder(Folder);
        CollectionAssert.AreEqual(new[] { "Label", "ImagePath", "Image" }, view.Schema.Select(column => column.Name).ToArray());
        Assert.AreEqual(expected.Length, view.GetRowCount());
        foreach (int _ in new[] { 1, 2 })
        {
            CollectionAssert.AreEqual(expected.Select(name => Path.Combine(Folder, name)).ToArray(), view.GetColumn<string>("ImagePath").ToArray());
            CollectionAssert.AreEqual(expected.Select(name => name.Split('/')[0]).ToArray(), view.GetColumn<string>("Label").ToArray());
        }
        Assert.Contains($"Info: {Folder}: 6 images in the classes Dog 1, cat 2, cat box 1, owl 2", _log);
        Assert.IsFalse(_log.Any(line => line.StartsWith("Warning", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void ImagesAreDecodedWhenTheirRowsAreRead()
    {
        string first = Draw("a/1.png", width: 3), second = Draw("b/2.png", width: 4);
        IDataView view = _ml.Fuse().LoadImagesFromFolder(Folder, "Picture", "Class");
        // The header of a file was read, so that the change is seen only by what reads the rows.
        Draw("a/1.png", width: 7);
        File.WriteAllText(second, "no picture any more");
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        ValueGetter<MLImage> getter = cursor.GetGetter<MLImage>(view.Schema["Picture"]);
        MLImage image = null!;
        Assert.IsTrue(cursor.MoveNext());
        getter(ref image);
        Assert.AreEqual(7, image.Width);
        Assert.IsTrue(cursor.MoveNext());
        Assert.Throws<Exception>(() => getter(ref image));
        CollectionAssert.AreEqual(new[] { "a", "b" }, view.GetColumn<string>("Class").ToArray());
        Assert.AreEqual(first, view.GetColumn<string>("ImagePath").First());
    }

    [TestMethod]
    public void FilesThatAreNoImagesAreLeftOutAndNamed()
    {
        Draw("a/1.png");
        Draw("b/2.png");
        Draw("stray.png");
        File.WriteAllText(Path.Combine(Folder, "a", "text.jpg"), "no picture");
        File.WriteAllBytes(Path.Combine(Folder, "b", "empty.png"), []);
        IDataView view = _ml.Fuse().LoadImagesFromFolder(Folder);
        CollectionAssert.AreEqual(new[] { "a", "b" }, view.GetColumn<string>("Label").ToArray());
        Assert.Contains($"Warning: {Folder}: 2 files were left out, because they have an image's ending and do not begin as one: 'a/text.jpg', 'b/empty.png'.", _log);
        Assert.Contains($"Warning: {Folder}: 1 images were left out, because they stand beside the folders of classes: 'stray.png'.", _log);
    }

    [TestMethod]
    public void ManyNamesAreCounted()
    {
        Draw("a/1.png");
        for (int i = 0; i < 12; i++)
            File.WriteAllText(Path.Combine(Folder, "a", $"{i:00}.jpg"), "");
        _ml.Fuse().LoadImagesFromFolder(Folder);
        Assert.IsTrue(_log.Any(line => line.Contains("12 files were left out", StringComparison.Ordinal) && line.EndsWith("'a/09.jpg' and 2 more.", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void AFlatFolderHasNoLabels()
    {
        Draw("2.png");
        Draw("1.png");
        IDataView flat = _ml.Fuse().LoadImagesFromFolder(Folder);
        CollectionAssert.AreEqual(new[] { "ImagePath", "Image" }, flat.Schema.Select(column => column.Name).ToArray());
        CollectionAssert.AreEqual(new[] { "1.png", "2.png" }, flat.GetColumn<string>("ImagePath").Select(Path.GetFileName).ToArray());
        Draw("a/3.png");
        IDataView all = _ml.Fuse().LoadImagesFromFolder(Folder, labelColumnName: null);
        CollectionAssert.AreEqual(new[] { "1.png", "2.png", "3.png" }, all.GetColumn<string>("ImagePath").Select(Path.GetFileName).ToArray());
        Assert.IsNull(all.Schema.GetColumnOrNull("Label"));
    }

    [TestMethod]
    public void AFolderWithoutImagesIsAnError()
    {
        string gone = Path.Combine(Folder, "gone"), file = Path.Combine(Folder, "file.txt");
        Assert.Contains($"There is no folder '{gone}'", Assert.Throws<DirectoryNotFoundException>(() => _ml.Fuse().LoadImagesFromFolder(gone)).Message);
        File.WriteAllText(file, "");
        Assert.Contains("is a file; expected a folder", Assert.Throws<DirectoryNotFoundException>(() => _ml.Fuse().LoadImagesFromFolder(file)).Message);
        Assert.Contains("has no images: no file in it or in its folders ends in .bmp, .gif, .jpeg, .jpg, .png, .webp", Assert.Throws<InvalidDataException>(() => _ml.Fuse().LoadImagesFromFolder(Folder)).Message);
        File.WriteAllText(Path.Combine(Folder, "a.png"), "");
        Assert.Contains("its 1 files with an image's ending, such as 'a.png', do not begin as images", Assert.Throws<InvalidDataException>(() => _ml.Fuse().LoadImagesFromFolder(Folder)).Message);
        Assert.Contains("Two columns would be named 'ImagePath'", Assert.Throws<ArgumentException>(() => _ml.Fuse().LoadImagesFromFolder(Folder, "ImagePath")).Message);
    }

    [TestMethod]
    public void AModelOfAFolderIsSavedAndPredictsFromImages()
    {
        foreach (int i in Enumerable.Range(0, 12))
            Draw($"{(i % 2 == 0 ? "dark" : "light")}/{i}.png", 5 + i, i % 2 == 0 ? (byte)(i * 5) : (byte)(255 - (i * 5)));
        IDataView data = _ml.Fuse().LoadImagesFromFolder(Folder);
        ITransformer model = Own(_ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Fuse().Train(Network.Of<FlatLinear>(48, 2), new TensorColumn("Image", [3, 4, 4]), options: new() { MaxEpochs = 40, BatchSize = 4, Optimizer = Optimizers.Adam(lr: 0.05) }))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(data));
        MulticlassClassificationMetrics metrics = _ml.MulticlassClassification.Evaluate(model.Transform(data));
        Assert.AreEqual(1.0, metrics.MicroAccuracy);
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, data.Schema, path);
        ITransformer loaded = Own(new MLContext().Model.Load(path, out _));
        Assert.AreEqual(metrics.LogLoss, _ml.MulticlassClassification.Evaluate(loaded.Transform(data)).LogLoss);
        using var engine = _ml.Model.CreatePredictionEngine<Photo, Named>(loaded, new PredictionEngineOptions { OwnsTransformer = false });
        using MLImage light = Pictures.Plain(40, 30, 250, 250, 250);
        Assert.AreEqual("light", engine.Predict(new() { Image = light }).PredictedLabel);
    }

    private string Draw(string name, int width = 4, byte grey = 100)
    {
        string path = Path.Combine(Folder, name);
        if (name.EndsWith(".txt", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, name);
            return path;
        }
        return Pictures.Write(path, width, 4, SKColorType.Rgba8888, (_, _) => new SKColor(grey, grey, grey));
    }

    private sealed class Photo
    {
        [ImageType(1, 1)]
        public MLImage? Image { get; set; }

        public string Label { get; set; } = "";

        public string ImagePath { get; set; } = "";
    }

    private sealed class Named
    {
        public string PredictedLabel { get; set; } = "";
    }
}
