using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Holds pictures that ML.NET loads: <c>LoadImages</c>, <c>ResizeImages</c>, <c>ExtractPixels</c>.</summary>
internal sealed record ImageData : SegmentationData
{
    private const int DrawnSize = 96;
    private const int DrawnCount = 240;
    private const int MostClasses = 32;

    public override TensorColumn Image => new("Pixels", [Channels, .. Shape]) { Standardize = true };

    public override TensorColumn Label => new("Label", Shape);

    public override UnetBackbone Backbone => new BackboneUnet { InChannels = Channels, FirstChannelDim = 16 };

    public override int BatchSize => 8;

    public override int Epochs => 8;

    /// <summary>Draws pictures, or takes those of the user's folder.</summary>
    public static ImageData Open(MLContext ml, SegmentationOptions options, string scratch, double heldOut)
    {
        string directory = options.Data ?? options.Keep ?? Path.Combine(scratch, "drawn");
        if (options.Data is null)
            CellRenderer.Write(directory, options.Images ?? DrawnCount, options.Size ?? DrawnSize, options.Seed);
        ImageFolder folder = ImageFolder.Open(directory, options.Size, Directory.CreateDirectory(Path.Combine(scratch, "resized")).FullName);
        (ImagePair[] trainPairs, ImagePair[] heldOutPairs) = PairFiles.Split(folder.Pairs, options.Seed, heldOut);
        ExampleProgram.Print($"{folder.Pairs.Length} pairs of {folder.Width} x {folder.Height} pixels in {directory}, {heldOutPairs.Length} of them held out");

        IDataView pairs = ml.Data.LoadFromEnumerable(folder.Pairs);
        // The labels are read apart from the model: whoever loads it has images only.
        ITransformer truth = ReadLabels(ml, folder).Fit(pairs);
        int[] values = ClassValues(truth.GetOutputSchema(pairs.Schema)["Label"]);
        Console.WriteLine($"classes by pixel value of the labels: {string.Join(", ", values.Select((value, index) => $"{value} is {(index == 0 ? "0, the background" : index)}"))}");
        return new()
        {
            Shape = [folder.Height, folder.Width],
            Channels = folder.IsColor ? 3 : 1,
            Classes = values.Length,
            Train = truth.Transform(ml.Data.LoadFromEnumerable(trainPairs)),
            HeldOut = truth.Transform(ml.Data.LoadFromEnumerable(heldOutPairs)),
            InputSchema = pairs.Schema,
        };
    }

    public override IEstimator<ITransformer> BeforeNetwork(MLContext ml) => Pixels(ml, nameof(ImagePair.ImagePath), "Pixels", (int)Shape[1], (int)Shape[0],
        Channels == 3 ? ImagePixelExtractingEstimator.ColorBits.Rgb : ImagePixelExtractingEstimator.ColorBits.Red);

    public override IEnumerable<(byte[] Grey, int[] Truth)> Truths(IDataView scored) => scored.GetColumn<byte[]>("Pixels").Zip(scored.GetColumn<uint[]>("Label"),
        (pixels, keys) => (pixels[..keys.Length], keys.Select(key => (int)key - 1).ToArray()));

    /// <summary>Reads a label: its pixel values, each distinct one a class, in their order.</summary>
    /// <remarks>So labels of 0, 1, 2 keep their numbers, and a mask of 0 and 255 has the classes 0 and 1.</remarks>
    private static EstimatorChain<ValueToKeyMappingTransformer> ReadLabels(MLContext ml, ImageFolder folder) =>
        Pixels(ml, nameof(ImagePair.LabelPath), "Label", folder.Width, folder.Height, ImagePixelExtractingEstimator.ColorBits.Red)
            .Append(ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue));

    /// <summary>Loads a picture and extracts its bytes, one channel after the other.</summary>
    private static EstimatorChain<ImagePixelExtractingTransformer> Pixels(MLContext ml, string pathColumn, string name, int width, int height, ImagePixelExtractingEstimator.ColorBits colors) =>
        ml.Transforms.LoadImages($"{name}Image", imageFolder: "", pathColumn)
            // Also where nothing changes: the pixels of pictures of unknown size cannot be extracted.
            .Append(ml.Transforms.ResizeImages($"{name}Image", width, height, resizing: ImageResizingEstimator.ResizingKind.Fill))
            .Append(ml.Transforms.ExtractPixels(name, $"{name}Image", colors, outputAsFloatArray: false));

    private static int[] ClassValues(DataViewSchema.Column label)
    {
        VBuffer<byte> values = default;
        label.GetKeyValues(ref values);
        return values.Length is > 1 and <= MostClasses ? [.. values.DenseValues().Select(value => (int)value)]
            : throw new InvalidDataException(values.Length == 1 ? $"The labels hold only the value {values.GetValues()[0]}; expected at least two, such as 0 for the background and 1 or 255."
                : $"The labels hold {values.Length} different values, more than {MostClasses}; each is taken for a class. Are their edges smoothed, or are they images?");
    }
}
