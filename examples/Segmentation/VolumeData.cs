using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Holds volumes in <c>.npy</c> files, which the library's own reader reads by their paths.</summary>
/// <remarks>For NIfTI, DICOM or any other format, <c>TensorReader.Of&lt;MyReader&gt;()</c> stands in for it; Fuse.MLNet/README.md shows one.</remarks>
internal sealed record VolumeData : SegmentationData
{
    private const int DrawnSize = 32;
    private const int DrawnCount = 80;

    private ImagePair[] _heldOut = [];

    public override TensorColumn Image => new(nameof(ImagePair.ImagePath), [Channels, .. Shape]) { Reader = new NumpyReader(), Standardize = true };

    public override TensorColumn Label => new(nameof(ImagePair.LabelPath), Shape) { Reader = new NumpyReader(), DType = TorchSharp.torch.ScalarType.Int64 };

    public override UnetBackbone Backbone => new BackboneUnet3D { FirstChannelDim = 8, Levels = 3 };

    public override int BatchSize => 2;

    public override int Epochs => 12;

    /// <summary>Draws volumes.</summary>
    public static VolumeData Draw(MLContext ml, SegmentationOptions options, string scratch, double heldOut)
    {
        string directory = options.Keep ?? Path.Combine(scratch, "drawn");
        int size = options.Size ?? DrawnSize;
        ImagePair[] pairs = VolumeRenderer.Write(directory, options.Images ?? DrawnCount, size, options.Seed);
        (ImagePair[] trainPairs, ImagePair[] heldOutPairs) = PairFiles.Split(pairs, options.Seed, heldOut);
        ExampleProgram.Print($"{pairs.Length} pairs of {size} x {size} x {size} voxels in {directory}, {heldOutPairs.Length} of them held out");
        IDataView train = ml.Data.LoadFromEnumerable(trainPairs);
        return new()
        {
            Shape = [size, size, size],
            Train = train,
            HeldOut = ml.Data.LoadFromEnumerable(heldOutPairs),
            InputSchema = train.Schema,
            _heldOut = heldOutPairs,
        };
    }

    public override IEstimator<ITransformer> BeforeNetwork(MLContext ml) => new EstimatorChain<ITransformer>();

    public override IEnumerable<(byte[] Grey, int[] Truth)> Truths(IDataView scored) => _heldOut.Select(pair =>
        (NumpyFile.Read(pair.ImagePath), NumpyFile.Read(pair.LabelPath).Select(value => (int)value).ToArray()));
}
