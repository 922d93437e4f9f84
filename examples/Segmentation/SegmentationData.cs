using Microsoft.ML;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Holds what differs between pictures and volumes: where rows come from, and how they become tensors.</summary>
internal abstract record SegmentationData
{
    /// <summary>Gets the sizes of an input in space: <c>[H, W]</c> or <c>[D, H, W]</c>.</summary>
    public required ValueList<long> Shape { get; init; }

    /// <summary>Gets the number of channels of an input.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>Gets the number of classes.</summary>
    public int Classes { get; init; } = 2;

    /// <summary>Gets the rows to train on.</summary>
    public required IDataView Train { get; init; }

    /// <summary>Gets the rows that are held out.</summary>
    public required IDataView HeldOut { get; init; }

    /// <summary>Gets the columns that a row of a user of the model has.</summary>
    public required DataViewSchema InputSchema { get; init; }

    /// <summary>Gets the column of the input.</summary>
    public abstract TensorColumn Image { get; }

    /// <summary>Gets the column of the classes.</summary>
    public abstract TensorColumn Label { get; }

    /// <summary>Gets the U-Net.</summary>
    public abstract UnetBackbone Backbone { get; }

    /// <summary>Gets the number of inputs of a training step.</summary>
    public abstract int BatchSize { get; }

    /// <summary>Gets the number of epochs when the user gives none.</summary>
    public abstract int Epochs { get; }

    /// <summary>Gets the steps of the pipeline before the network.</summary>
    public abstract IEstimator<ITransformer> BeforeNetwork(MLContext ml);

    /// <summary>Gets the grey values and the classes, -1 for none, of the held-out rows in their order.</summary>
    /// <param name="scored">The held-out rows with what the pipeline added.</param>
    public abstract IEnumerable<(byte[] Grey, int[] Truth)> Truths(IDataView scored);
}
