using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Shows a network that records its input images of known pixels.</summary>
[TestClass]
public sealed class ImageColumnTests : LeakCheckedTest
{
    // Four pixels of red, green, blue and opacity.
    private static readonly byte[] Pixels = [10, 20, 30, 255, 40, 50, 60, 255, 70, 80, 90, 255, 100, 110, 255, 255];

    private readonly MLContext _ml = new(seed: 1);

    public static IEnumerable<object[]> Forms() =>
    [
        ["colours", new TensorColumn("Image", [3, 2, 2]), new[] { 10.0, 40, 70, 100, 20, 50, 80, 110, 30, 60, 90, 255 }, 255.0],
        ["blue first", new TensorColumn("Image", [3, 2, 2]) { Image = new() { ColorOrder = ImageColorOrder.Bgr } }, new[] { 30.0, 60, 90, 255, 20, 50, 80, 110, 10, 40, 70, 100 }, 255.0],
        ["opacity", new TensorColumn("Image", [4, 2, 2]), new[] { 10.0, 40, 70, 100, 20, 50, 80, 110, 30, 60, 90, 255, 255, 255, 255, 255 }, 255.0],
        // 0.299 red + 0.587 green + 0.114 blue: 18.15, 48.15, 78.15, 123.54.
        ["grey", new TensorColumn("Image", [1, 2, 2]), new[] { 18.0, 48, 78, 124 }, 255.0],
        ["grey without channels", new TensorColumn("Image", [2, 2]), new[] { 18.0, 48, 78, 124 }, 255.0],
        ["not scaled", new TensorColumn("Image", [2, 2]) { Image = new() { Scale = false } }, new[] { 18.0, 48, 78, 124 }, 1.0],
        ["whole numbers", new TensorColumn("Image", [2, 2]) { DType = ScalarType.Int64 }, new[] { 18.0, 48, 78, 124 }, 1.0],
        ["bytes", new TensorColumn("Image", [2, 2]) { DType = ScalarType.Byte }, new[] { 18.0, 48, 78, 124 }, 1.0],
        ["doubles", new TensorColumn("Image", [2, 2]) { DType = ScalarType.Float64 }, new[] { 18.0, 48, 78, 124 }, 255.0],
    ];

    [TestMethod]
    [DynamicData(nameof(Forms))]
    public void AnImageBecomesItsPixelsChannelByChannel(string form, TensorColumn column, double[] expected, double divisor)
    {
        foreach (MLPixelFormat format in new[] { MLPixelFormat.Rgba32, MLPixelFormat.Bgra32 })
        {
            byte[] pixels = format == MLPixelFormat.Rgba32 ? Pixels : [.. Pixels.Chunk(4).SelectMany(pixel => new[] { pixel[2], pixel[1], pixel[0], pixel[3] })];
            using var image = MLImage.CreateFromPixels(2, 2, format, pixels);
            RecordingNetwork.Input input = Record(column, image)[0];
            Assert.AreEqual(column.DType ?? ScalarType.Float32, input.DType, form);
            CollectionAssert.AreEqual((long[])[1, .. column.Shape], input.Shape, form);
            AreEqual([.. expected.Select(value => value / divisor)], input.Values, 1e-7, $"{form}, {format}");
        }
    }

    [TestMethod]
    public void MeanAndDeviationAreThoseOfTorchvision()
    {
        using MLImage image = Pictures.Plain(2, 2, 124, 116, 104);
        double[] values = Record(new("Image", [3, 2, 2]) { Mean = ImageColumn.ImageNetMean, StandardDeviation = ImageColumn.ImageNetStandardDeviation }, image)[0].Values;
        double[] expected = [((124 / 255.0) - 0.485) / 0.229, ((116 / 255.0) - 0.456) / 0.224, ((104 / 255.0) - 0.406) / 0.225];
        AreEqual([.. expected.SelectMany(value => Enumerable.Repeat(value, 4))], values, 1e-6, "");
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(0L)]
    public void StandardizeMeasuresWhatTheNetworkReads(long? stagingBytes)
    {
        using MLImage dark = Pictures.Plain(2, 2, 0, 51, 0), bright = Pictures.Plain(2, 2, 255, 51, 102);
        RecordingNetwork.Inputs.Clear();
        FuseTransformer model = Own(_ml.Fuse().Train(Network.Of<RecordingNetwork>(), new TensorColumn("Image", [3, 2, 2]) { Standardize = true }, "Target",
            options: new() { MaxEpochs = 1, StagingBytes = stagingBytes }).Fit(View(dark, bright)));
        AreEqual([0.5, 0.2, 0.2], [.. model.Columns[BatchKeys.Input].Mean!.Select(value => (double)value)], 1e-7, "mean");
        AreEqual([0.5, 1, 0.2], [.. model.Columns[BatchKeys.Input].StandardDeviation!.Select(value => (double)value)], 1e-7, "deviation");
        double[] row = [-1, -1, -1, -1, 0, 0, 0, 0, -1, -1, -1, -1];
        AreEqual([.. row, .. row.Select(value => -value)], RecordingNetwork.Inputs[0].Values, 1e-6, "values");
    }

    [TestMethod]
    [DataRow(ImageInterpolation.Bilinear, 13, 9, 5, 7)]
    [DataRow(ImageInterpolation.Bilinear, 5, 7, 13, 9)]
    [DataRow(ImageInterpolation.Bilinear, 40, 3, 6, 6)]
    [DataRow(ImageInterpolation.Bicubic, 13, 9, 5, 7)]
    [DataRow(ImageInterpolation.Bicubic, 5, 7, 13, 9)]
    [DataRow(ImageInterpolation.Nearest, 13, 9, 5, 7)]
    [DataRow(ImageInterpolation.Nearest, 5, 7, 13, 9)]
    public void ResizingIsPillows(ImageInterpolation interpolation, int width, int height, int newWidth, int newHeight)
    {
        using MLImage image = Pictures.Noise(width, height, seed: 3);
        double[] actual = Record(Sized(newWidth, newHeight, new() { Resize = ImageResize.Fill, Interpolation = interpolation }), image)[0].Values;
        CheckResized([.. Pictures.Planes(image)], interpolation, newWidth, newHeight, actual);
    }

    [TestMethod]
    [DataRow(12, 6, 4, 4, 1.0, 3, 0, 6, 6)]
    [DataRow(6, 12, 4, 4, 1.0, 0, 3, 6, 6)]
    [DataRow(12, 12, 6, 3, 1.0, 0, 3, 12, 6)]
    [DataRow(9, 7, 8, 8, 0.75, 2, 1, 5, 5)]
    [DataRow(256, 256, 224, 224, 0.875, 16, 16, 224, 224)]
    [DataRow(1, 4000, 5, 5, 1.0, 0, 1999, 1, 1)]
    public void IsoCropShowsTheLargestMiddlePart(int width, int height, int newWidth, int newHeight, double fraction, int left, int top, int partWidth, int partHeight)
    {
        using MLImage image = Pictures.Noise(width, height, seed: 4, MLPixelFormat.Rgba32);
        double[] actual = Record(Sized(newWidth, newHeight, new() { CropFraction = fraction }), image)[0].Values;
        CheckResized([.. Pictures.Planes(image).Select(plane => Pictures.Cut(plane, left, top, partWidth, partHeight))], ImageInterpolation.Bilinear, newWidth, newHeight, actual);
    }

    [TestMethod]
    [DataRow(8, 4, 4, 4, 0, 1, 4, 2)]
    [DataRow(4, 8, 4, 4, 1, 0, 2, 4)]
    [DataRow(3, 3, 6, 3, 1, 0, 3, 3)]
    [DataRow(2, 2, 7, 4, 1, 0, 4, 4)]
    [DataRow(4000, 2, 8, 8, 0, 3, 8, 1)]
    public void IsoPadShowsAllInTheMiddleOfBlack(int width, int height, int newWidth, int newHeight, int left, int top, int shownWidth, int shownHeight)
    {
        using MLImage image = Pictures.Plain(width, height, 200, 100, 50);
        double[] actual = Record(Sized(newWidth, newHeight, new() { Resize = ImageResize.IsoPad }), image)[0].Values;
        for (int i = 0; i < actual.Length; i++)
        {
            (int y, int x) = (i / newWidth % newHeight, i % newWidth);
            bool isShown = x >= left && x < left + shownWidth && y >= top && y < top + shownHeight;
            Assert.AreEqual(isShown ? new[] { 200, 100, 50 }[i / (newWidth * newHeight)] : 0, actual[i], $"{i}");
        }
    }

    [TestMethod]
    public void AKnownSizeIsTheShape()
    {
        using MLImage image = Pictures.Plain(6, 4, 255, 0, 51);
        IDataView sized = _ml.Transforms.ResizeImages("Small", 3, 2, "Image").Fit(View()).Transform(View(image));
        RecordingNetwork.Inputs.Clear();
        Own(Trainer(new("Small")).Fit(sized));
        CollectionAssert.AreEqual(new long[] { 1, 3, 2, 3 }, RecordingNetwork.Inputs[0].Shape);
        AreEqual([.. Enumerable.Repeat(1.0, 6), .. Enumerable.Repeat(0.0, 6), .. Enumerable.Repeat(0.2, 6)], RecordingNetwork.Inputs[0].Values, 1e-7, "");
    }

    [TestMethod]
    [DataRow("Image", null, "holds images of unknown size. Give the shape")]
    [DataRow("Image", new long[] { 2, 4, 4 }, "expected [channels, height, width] of 1 (grey), 3 (colours) or 4")]
    [DataRow("Image", new long[] { 16 }, "expected [channels, height, width]")]
    [DataRow("Target", new long[] { 3, 4, 4 }, "Column 'Target' is Single; its Image needs images")]
    [DataRow("Imag", new long[] { 3, 4, 4 }, "Did you mean 'Image'?")]
    public void AColumnThatDoesNotFitFailsWithTheSchema(string name, long[]? shape, string expected)
    {
        IDataView files = _ml.Data.LoadFromEnumerable(new[] { new FileRow { Path = "gone.png" } });
        IDataView view = _ml.Transforms.LoadImages("Image", null, "Path").Fit(files).Transform(files);
        FuseTrainer trainer = Trainer(new(name, shape is null ? null : ValueList.Create<long>(shape)) { Image = name == "Target" ? new() : null });
        foreach (Action action in new Action[] { () => trainer.GetOutputSchema(SchemaProbe.ShapeOf(view)), () => trainer.Fit(view) })
            Assert.Contains(expected, Assert.ThrowsExactly<ArgumentOutOfRangeException>(action).Message);
    }

    [TestMethod]
    public void OptionsThatDoNotGoTogetherFailWithTheSchema()
    {
        using MLImage image = Pictures.Plain(4, 4, 1, 2, 3);
        foreach ((TensorColumn column, string expected) in new (TensorColumn, string)[]
        {
            (new("Image", [3, 4, 4]) { Image = new() { Resize = ImageResize.Fill, CropFraction = 0.5 } }, "CropFraction is a part of what IsoCrop cuts out, and Resize is Fill"),
            (new("Image", [3, 4, 4]) { Mean = [0, 0] }, "Mean has 2 values"),
            (new("Image", [3, 4, 4]) { Image = new(), Reader = new NumpyReader() }, "its Reader needs one text a row"),
        })
            Assert.Contains(expected, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Trainer(column).Fit(View(image))).Message);
    }

    [TestMethod]
    public void DescriptionsCompareByValueAndRefuseWhatIsOutOfRange()
    {
        Assert.AreEqual(new TensorColumn("a", [3, 2, 2]) { Image = new() { CropFraction = 0.5 } }, new TensorColumn("a", [3, 2, 2]) { Image = new() { CropFraction = 0.5 } });
        Assert.AreNotEqual(new ImageColumn(), new ImageColumn { Interpolation = ImageInterpolation.Nearest });
        foreach (double fraction in new[] { 0, -1, 1.01, double.NaN })
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageColumn { CropFraction = fraction });
        Assert.Contains("expected IsoCrop, IsoPad, Fill, None", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageColumn { Resize = (ImageResize)9 }).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageColumn { Interpolation = (ImageInterpolation)9 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageColumn { ColorOrder = (ImageColorOrder)(-1) });
    }

    private static TensorColumn Sized(int width, int height, ImageColumn image) => new("Image", [3, height, width]) { Image = image with { Scale = false } };

    private static void CheckResized(double[][,] planes, ImageInterpolation interpolation, int width, int height, double[] actual)
    {
        // A rounding of the first pass that falls otherwise, times the sum of a filter's sizes, and the second pass's own.
        double tolerance = interpolation switch { ImageInterpolation.Nearest => 0, ImageInterpolation.Bilinear => 1.5, _ => 1.75 };
        for (int channel = 0; channel < planes.Length; channel++)
        {
            double[,] plane = planes[channel];
            double[,] expected = interpolation switch
            {
                ImageInterpolation.Bilinear => Pictures.Resize(plane, width, height, 1, Pictures.Triangle),
                ImageInterpolation.Bicubic => Pictures.Resize(plane, width, height, 2, Pictures.Cubic),
                // A box narrower than a pixel: the one that the centre is in.
                _ => Nearest(plane, width, height),
            };
            for (int i = 0; i < expected.Length; i++)
                Assert.AreEqual(Math.Clamp(expected[i / width, i % width], 0, 255), actual[(channel * expected.Length) + i], tolerance, $"channel {channel}, pixel {i}");
        }
    }

    private static double[,] Nearest(double[,] plane, int width, int height)
    {
        var picked = new double[height, width];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                picked[y, x] = plane[(int)((y + 0.5) * plane.GetLength(0) / height), (int)((x + 0.5) * plane.GetLength(1) / width)];
        return picked;
    }

    private static void AreEqual(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], tolerance, $"{what}, value {i}");
    }

    private List<RecordingNetwork.Input> Record(TensorColumn column, params MLImage[] images)
    {
        RecordingNetwork.Inputs.Clear();
        using FuseTransformer model = Trainer(column).Fit(View(images));
        return RecordingNetwork.Inputs;
    }

    private FuseTrainer Trainer(TensorColumn column) => _ml.Fuse().Train(Network.Of<RecordingNetwork>(), column, "Target", options: new() { MaxEpochs = 1, Optimizer = Optimizers.SGD(0) });

    private IDataView View(params MLImage[] images) => _ml.Data.LoadFromEnumerable(images.Select(image => new PictureRow { Image = image }).ToArray());
}
