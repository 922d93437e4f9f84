using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace Fuse.MLNet.Tests;

/// <summary>Trains, scores, saves and loads networks that read images.</summary>
[TestClass]
public sealed class ImageScoringTests : LeakCheckedTest
{
    private const int Rows = 11;
    private static readonly TensorColumn Input = new("Image", [1, 6, 6]);

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void StreamedImagesTrainAsImagesInMemoryAndStayTheirOwners()
    {
        PictureRow[] rows = Made();
        FuseTransformer staged = Own(Trainer(null).Fit(_ml.Data.LoadFromEnumerable(rows)));
        FuseTransformer streamed = Own(Trainer(0).Fit(_ml.Data.LoadFromEnumerable(rows)));
        Assert.AreEqual(staged.History, streamed.History);
        CollectionAssert.AreEqual(Learning.Weights(staged.Network), Learning.Weights(streamed.Network));
        CollectionAssert.AreEqual(Scores(staged, rows), Scores(streamed, rows));
        foreach ((PictureRow row, PictureRow fresh) in rows.Zip(Made()))
            CollectionAssert.AreEqual(fresh.Image!.Pixels.ToArray(), row.Image!.Pixels.ToArray());
    }

    [TestMethod]
    public void ImagesPassThroughTheNetworkThatReadsThem()
    {
        FuseTransformer model = Own(Trainer(null).Fit(View()));
        // Files, so that a step makes the images, and disposes them.
        IDataView files = Files();
        float[] expected = [.. model.Transform(files).GetColumn<float>("Score")];
        IDataView scored = model.Transform(files);
        IDataView pixels = _ml.Transforms.ResizeImages("Small", 2, 2, "Image")
            .Append(_ml.Transforms.ExtractPixels("Pixels", "Small")).Fit(scored).Transform(scored);
        using DataViewRowCursor cursor = pixels.GetRowCursor(pixels.Schema);
        ValueGetter<MLImage> image = cursor.GetGetter<MLImage>(pixels.Schema["Image"]), small = cursor.GetGetter<MLImage>(pixels.Schema["Small"]);
        ValueGetter<float> score = cursor.GetGetter<float>(pixels.Schema["Score"]);
        ValueGetter<VBuffer<float>> values = cursor.GetGetter<VBuffer<float>>(pixels.Schema["Pixels"]);
        (MLImage? kept, MLImage? other, VBuffer<float> buffer, int row) = (null, null, default, 0);
        for (; cursor.MoveNext(); row++)
        {
            float value = 0;
            image(ref kept!);
            small(ref other!);
            values(ref buffer);
            score(ref value);
            Assert.AreEqual(expected[row], value);
            Assert.AreEqual((5 + row, 9), (kept.Width, kept.Height));
            Assert.AreEqual(2, other.Width);
            Assert.AreEqual(12, buffer.Length);
            Assert.AreEqual((byte)(row * 20), kept.Pixels[0]);
        }
        Assert.AreEqual(Rows, row);
    }

    [TestMethod]
    public void APredictionEngineTakesAndGivesImages()
    {
        FuseTransformer model = Own(Trainer(null).Fit(View()));
        PictureRow[] rows = Made();
        float[] expected = Scores(model, rows);
        using var engine = _ml.Model.CreatePredictionEngine<PictureRow, Prediction>(model, new PredictionEngineOptions { OwnsTransformer = false });
        foreach (int _ in new[] { 1, 2 })
            for (int i = 0; i < Rows; i++)
            {
                Prediction prediction = engine.Predict(rows[i]);
                Assert.AreEqual(expected[i], prediction.Score, 1e-5f);
                CollectionAssert.AreEqual(rows[i].Image!.Pixels.ToArray(), prediction.Image!.Pixels.ToArray());
                prediction.Image.Dispose();
            }
        Assert.Contains("Column 'Image', row", Assert.Throws<InvalidDataException>(() => engine.Predict(new PictureRow())).Message);
    }

    [TestMethod]
    public void ALoadedModelReadsImagesAsTheSavedOne()
    {
        TensorColumn column = Input with { Standardize = true, Image = new() { Resize = ImageResize.IsoPad, Interpolation = ImageInterpolation.Bicubic } };
        foreach ((TensorColumn input, string name) in new[] { (column, "given"), (Input, "default") })
        {
            FuseTransformer model = Own(Trainer(null, input).Fit(View()));
            string path = Path.Combine(Folder, $"{name}.zip");
            _ml.Model.Save(model, View().Schema, path);
            var loaded = (FuseTransformer)Own(new MLContext().Model.Load(path, out DataViewSchema schema));
            Assert.AreEqual(input.Image ?? new(), loaded.Columns[BatchKeys.Input].Image);
            Assert.IsNull(schema.GetColumnOrNull("Image"), "ML.NET saves schemas without images.");
            CollectionAssert.AreEqual(Scores(model, Made()), Scores(loaded, Made()));
        }
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void BytesOfFilesAreDecoded(bool isCached)
    {
        IDataView files = Files();
        var bytes = _ml.Transforms.LoadRawImageBytes("ImageSource", null, "Path");
        IDataView raw = bytes.Fit(files).Transform(files);
        raw = isCached ? _ml.Data.Cache(raw) : raw;
        FuseTransformer model = Own(Trainer(null, new("ImageSource", [1, 6, 6]) { Image = new() }).Fit(raw));
        FuseTransformer decoded = Own(Trainer(null).Fit(files));
        float[] expected = [.. decoded.Transform(files).GetColumn<float>("Score")];
        CollectionAssert.AreEqual(expected, model.Transform(raw).GetColumn<float>("Score").ToArray());
        using var engine = _ml.Model.CreatePredictionEngine<SourceRow, ScorePrediction>(model, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.AreEqual(expected[2], engine.Predict(new() { ImageSource = File.ReadAllBytes(FilePath(2)) }).Score, 1e-5f);
        Assert.Contains("Column 'ImageSource', row", Assert.Throws<InvalidDataException>(() => engine.Predict(new() { ImageSource = [1, 2, 3] })).Message);
        Assert.Contains("there is no byte of an image's file", Assert.Throws<InvalidDataException>(() => engine.Predict(new() { ImageSource = [] })).Message);
    }

    [TestMethod]
    public void GreyTransparentAndPaletteFilesOfAnySizeAreRead()
    {
        string grey = Pictures.Write(Path.Combine(Folder, "grey.png"), 4, 4, SKColorType.Gray8, (_, _) => new SKColor(100, 100, 100));
        // Half of 200, 100 and 50 in front of black.
        string clear = Pictures.Write(Path.Combine(Folder, "clear.png"), 9, 3, SKColorType.Rgba8888, (_, _) => new SKColor(200, 100, 50, 128));
        string photo = Pictures.Write(Path.Combine(Folder, "photo.jpg"), 30, 40, SKColorType.Rgba8888, (_, _) => new SKColor(10, 200, 90), SKEncodedImageFormat.Jpeg);
        double[][] expected = [[100, 100, 100], [100, 50, 25], [10, 200, 90]];
        IDataView files = _ml.Data.LoadFromEnumerable(new[] { grey, clear, photo }.Select(path => new FileRow { Path = path }));
        IDataView images = _ml.Transforms.LoadImages("Image", null, "Path").Fit(files).Transform(files);
        RecordingNetwork.Inputs.Clear();
        Own(_ml.Fuse().Train(Network.Of<RecordingNetwork>(), new TensorColumn("Image", [3, 2, 2]) { Image = new() { Scale = false } }, "Target", options: new() { MaxEpochs = 1 }).Fit(images));
        double[] values = RecordingNetwork.Inputs[0].Values;
        for (int i = 0; i < values.Length; i++)
            Assert.AreEqual(expected[i / 12][i / 4 % 3], values[i], i < 24 ? 1 : 4, $"value {i}");
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(0L)]
    public void AnImageThatCannotBeUsedIsNamed(long? stagingBytes)
    {
        File.WriteAllText(Path.Combine(Folder, "text.png"), "no picture");
        IDataView Loaded(string last)
        {
            IDataView files = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 3).Select(Write).Append(last).Select(path => new FileRow { Path = path }).ToArray());
            return _ml.Transforms.LoadImages("Image", null, "Path").Fit(files).Transform(files);
        }

        MLImage disposed = Pictures.Plain(6, 6, 1, 1, 1);
        disposed.Dispose();
        foreach ((IDataView view, TensorColumn input, string expected) in new (IDataView, TensorColumn, string)[]
        {
            (Loaded(Path.Combine(Folder, "text.png")), Input, "Column 'Image', row 3: the image could not be read: "),
            (Loaded(Path.Combine(Folder, "gone.png")), Input, $"Column 'Image', row 3: the image could not be read: Could not find file '{Path.Combine(Folder, "gone.png")}'"),
            (Loaded(""), Input, "Column 'Image', row 3: there is no image."),
            (Loaded(FilePath(0)), Input with { Image = new() { Resize = ImageResize.None } }, "Column 'Image', row 0: the image is 5 x 9 pixels, where the column's tensor is 6 x 6"),
            (_ml.Data.LoadFromEnumerable(new[] { new PictureRow { Image = disposed } }), Input, "Column 'Image', row 0: the image has no pixels"),
        })
            Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Trainer(stagingBytes, input).Fit(view)).Message);
        FuseTransformer model = Own(Trainer(stagingBytes).Fit(View()));
        Assert.Contains("row 3: the image could not be read", Assert.Throws<InvalidDataException>(
            () => model.Transform(Loaded(Path.Combine(Folder, "text.png"))).GetColumn<float>("Score").ToArray()).Message);
    }

    [TestMethod]
    public void ImagesThatACacheDroppedAreExplained()
    {
        var pipeline = _ml.Transforms.CopyColumns("Copy", "Target").AppendCacheCheckpoint(_ml).Append(Trainer(null));
        Assert.Contains("silently drop columns of images", Assert.Throws<ArgumentException>(() => pipeline.Fit(View())).Message);
    }

    private static PictureRow[] Made() => [.. Enumerable.Range(0, Rows).Select(i => new PictureRow { Image = Pictures.Noise(5 + i, 9, i), Target = i % 3 })];

    private static float[] Scores(FuseTransformer model, PictureRow[] rows) => [.. model.Transform(new MLContext().Data.LoadFromEnumerable(rows)).GetColumn<float>("Score")];

    private static FuseTrainer Trainer(long? stagingBytes, TensorColumn? input = null) => new MLContext(seed: 1).Fuse().Train(Network.Of<FlatLinear>(36), input ?? Input, "Target",
        options: new() { MaxEpochs = 2, BatchSize = 4, StagingBytes = stagingBytes });

    private IDataView View() => _ml.Data.LoadFromEnumerable(Made());

    private string FilePath(int i) => Path.Combine(Folder, $"{i}.png");

    private string Write(int i) => Pictures.Write(FilePath(i), 5 + i, 9, SKColorType.Rgba8888, (x, y) => new SKColor((byte)(i * 20), (byte)(x * 10), (byte)(i * 20)));

    private IDataView Files()
    {
        IDataView files = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, Rows).Select(i => new FileRow { Path = Write(i), Target = i % 3 }).ToArray());
        return _ml.Transforms.LoadImages("Image", null, "Path").Fit(files).Transform(files);
    }

    private sealed class SourceRow
    {
        public byte[] ImageSource { get; set; } = [];
    }

    private sealed class ScorePrediction
    {
        public float Score { get; set; }
    }

    private sealed class Prediction
    {
        public float Score { get; set; }

        [ImageType(1, 1)]
        public MLImage? Image { get; set; }
    }
}
