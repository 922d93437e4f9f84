using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Trains a U-Net on pairs of pictures inside an ML.NET pipeline, measures it on held-out ones, saves it and shows what it does.</summary>
internal static class SegmentationExample
{
    private const int DrawnSize = 96;
    private const int Shown = 4;
    private const int MostClasses = 32;
    private const double HeldOut = 0.2;

    /// <summary>Runs the example.</summary>
    public static void Run(SegmentationOptions options)
    {
        options.Check();
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("fuse-mlnet-segmentation-");
        try
        {
            Run(options, scratch.FullName);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static void Run(SegmentationOptions options, string scratch)
    {
        string directory = options.Data ?? Draw(options, options.Keep ?? Path.Combine(scratch, "drawn"));
        ImageFolder folder = ImageFolder.Open(directory, options.Size, Directory.CreateDirectory(Path.Combine(scratch, "resized")).FullName);
        (ImagePair[] trainPairs, ImagePair[] heldOutPairs) = folder.Split(options.Seed, HeldOut);
        ExampleProgram.Print($"{folder.Pairs.Length} pairs of {folder.Width} x {folder.Height} pixels in {directory}, {heldOutPairs.Length} of them held out");

        MLContext ml = ExampleProgram.Context(options.Seed);
        IDataView pairs = ml.Data.LoadFromEnumerable(folder.Pairs);
        // The labels are read apart from the model: whoever loads it has images only.
        ITransformer truth = Truth(ml, folder).Fit(pairs);
        int[] values = ClassValues(truth.GetOutputSchema(pairs.Schema)["Label"]);
        Console.WriteLine($"classes by pixel value of the labels: {string.Join(", ", values.Select((value, index) => $"{value} is {(index == 0 ? "0, the background" : index)}"))}");
        IDataView train = truth.Transform(ml.Data.LoadFromEnumerable(trainPairs));
        IDataView heldOut = truth.Transform(ml.Data.LoadFromEnumerable(heldOutPairs));

        ITransformer model = Images(ml, folder).Append(ml.Fuse().Train(Training(options, folder, values.Length))).Fit(train);

        EvaluationResult result = ml.Fuse().Evaluate(model, heldOut);
        Scored[] scored = Score(ml, model, heldOut, values.Length);
        ml.Model.Save(model, pairs.Schema, options.Model);
        CheckReloaded(options.Model, heldOut, scored);
        ShowStrip(options.Strip, folder, scored, [.. result.PerSample("dice").Select(row => row.Result["average"])]);
        if (values.Length == 2 && !folder.IsColor)
            ShowThresholds(scored);
        ExampleProgram.Print($"mean Dice: {result["test.metrics.dice.average"]:0.0000}");
    }

    /// <summary>Reads a label: its pixel values, each distinct one a class, in their order.</summary>
    /// <remarks>So labels of 0, 1, 2 keep their numbers, and a mask of 0 and 255 has the classes 0 and 1.</remarks>
    private static IEstimator<ITransformer> Truth(MLContext ml, ImageFolder folder) => Pixels(ml, folder, nameof(ImagePair.LabelPath), "Label", ImagePixelExtractingEstimator.ColorBits.Red)
        .Append(ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue));

    private static EstimatorChain<ImagePixelExtractingTransformer> Images(MLContext ml, ImageFolder folder) =>
        Pixels(ml, folder, nameof(ImagePair.ImagePath), "Pixels", folder.IsColor ? ImagePixelExtractingEstimator.ColorBits.Rgb : ImagePixelExtractingEstimator.ColorBits.Red);

    /// <summary>Loads a picture and extracts its bytes, one channel after the other.</summary>
    private static EstimatorChain<ImagePixelExtractingTransformer> Pixels(MLContext ml, ImageFolder folder, string pathColumn, string name, ImagePixelExtractingEstimator.ColorBits colors) =>
        ml.Transforms.LoadImages($"{name}Image", imageFolder: "", pathColumn)
            // Also where nothing changes: the pixels of pictures of unknown size cannot be extracted.
            .Append(ml.Transforms.ResizeImages($"{name}Image", folder.Width, folder.Height, resizing: ImageResizingEstimator.ResizingKind.Fill))
            .Append(ml.Transforms.ExtractPixels(name, $"{name}Image", colors, outputAsFloatArray: false));

    private static FuseTrainer.Options Training(SegmentationOptions options, ImageFolder folder, int classes) => new()
    {
        Columns =
        {
            ["data.image"] = new("Pixels", [folder.IsColor ? 3 : 1, folder.Height, folder.Width]) { Standardize = true },
            ["data.label"] = new("Label", [folder.Height, folder.Width]),
        },
        Model = new ModelMultiHead
        {
            Inputs = ["data.image"],
            Backbone = new BackboneUnet { InChannels = folder.IsColor ? 3 : 1, FirstChannelDim = 16 },
            Heads = [new HeadDenseSegmentation { HeadName = "classes", NumClasses = classes, Layers = [] }],
        },
        Losses =
        {
            ["dice"] = Loss.Dice() with { Pred = "model.logits.classes", Target = "data.label" },
            ["cross_entropy"] = Loss.SegmentationCrossEntropy(ClassWeighting.None) with { Pred = "model.logits.classes", Target = "data.label" },
        },
        Augment = { new RandomFlip { Images = ["data.image"], Masks = ["data.label"], Axes = [-1, -2] } },
        ValidationMetrics = { ["dice"] = new MetricDice("model.output.classes", "data.label") },
        BestEpochSource = [new("validation.metrics.dice.average", MonitorMode.Max)],
        Outputs = { ["Score"] = new("model.output.classes") },
        Optimizer = Optimizers.AdamW(lr: 3e-3, weightDecay: 1e-3),
        LearningRateScheduler = Schedules.OneCycle(),
        ValidationFraction = 0.15,
        BatchSize = 8,
        MaxEpochs = options.Epochs,
    };

    private static string Draw(SegmentationOptions options, string directory)
    {
        CellRenderer.Write(directory, options.Images, options.Size ?? DrawnSize, options.Seed);
        return directory;
    }

    private static int[] ClassValues(DataViewSchema.Column label)
    {
        VBuffer<byte> values = default;
        label.GetKeyValues(ref values);
        return values.Length is > 1 and <= MostClasses ? [.. values.DenseValues().Select(value => (int)value)]
            : throw new InvalidDataException(values.Length == 1 ? $"The labels hold only the value {values.GetValues()[0]}; expected at least two, such as 0 for the background and 1 or 255."
                : $"The labels hold {values.Length} different values, more than {MostClasses}; each is taken for a class. Are their edges smoothed, or are they images?");
    }

    private static Scored[] Score(MLContext ml, ITransformer model, IDataView rows, int classes)
    {
        Scored[] scored = [.. ml.Data.CreateEnumerable<Scored>(model.Transform(rows), reuseRowObject: false)];
        foreach (Scored row in scored)
            row.Predict(classes);
        return scored;
    }

    private static void CheckReloaded(string path, IDataView rows, Scored[] scored)
    {
        // As another program does.
        var ml = new MLContext();
        IDataView again = ml.Model.Load(path, out _).Transform(rows);
        foreach ((Scored row, float[] scores) in scored.Zip(again.GetColumn<float[]>("Score")))
            if (!row.Score.AsSpan().SequenceEqual(scores))
                throw new InvalidDataException($"{path}: the reloaded model predicts something else than the trained one.");
        Console.WriteLine($"saved: {path}, and reloaded: it predicts the same");
    }

    private static void ShowStrip(string path, ImageFolder folder, Scored[] scored, double[] dice)
    {
        int worst = Array.IndexOf(dice, dice.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min());
        int[] shown = [.. Enumerable.Range(0, scored.Length).OrderBy(index => index == worst ? -1 : index).Take(Shown)];
        Strip.Write(path, [.. shown.Select(index => scored[index].ToStripRow())], folder.Width, folder.Height);
        ExampleProgram.Print($"strip: {path}, input, truth and prediction of held-out pictures, on top the one of the lowest Dice, {dice[Math.Max(0, worst)]:0.0000}");
    }

    private static void ShowThresholds(Scored[] scored)
    {
        bool[][] foreground = [.. scored.Select(row => row.Label.Select(key => key == 2).ToArray())];
        double otsu = scored.Zip(foreground, (row, truth) => Threshold.OtsuDice(row.Pixels, truth)).Average();
        double best = scored.Zip(foreground, (row, truth) => Threshold.BestDice(row.Pixels, truth)).Average();
        ExampleProgram.Print($"brightness alone: Dice {otsu:0.0000} by Otsu's threshold, {best:0.0000} by the best threshold of each picture, chosen by its truth");
    }

    private sealed class Scored
    {
        private int[] _predicted = [];

        public byte[] Pixels { get; set; } = [];

        public uint[] Label { get; set; } = [];

        public float[] Score { get; set; } = [];

        public void Predict(int classes) => _predicted = [.. Enumerable.Range(0, Label.Length).Select(at =>
            Enumerable.Range(0, classes).MaxBy(index => Score[(index * Label.Length) + at]))];

        public StripRow ToStripRow() => new(Pixels[..Label.Length], [.. Label.Select(key => (int)key - 1)], _predicted);
    }
}
