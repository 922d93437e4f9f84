using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Makes rows and trainers of every task.</summary>
internal static class Tasks
{
    private static readonly string[] Flags = ["Left", "Right"];
    private static readonly string[] Numbers = ["Up", "Down"];

    /// <summary>Makes a view whose labels are Flag, Number, Flags (Booleans with slot names), Numbers (with slot names) and Map (keys).</summary>
    public static IDataView Rows(MLContext ml, int count, int seed = 1)
    {
        IDataView view = ml.Data.LoadFromEnumerable(TaskRow.Make(count, seed));
        // The keys stand in one order whatever row comes first.
        return Labels(ml).Fit(view).Transform(view);
    }

    public static IEstimator<ITransformer> Labels(MLContext ml) => ml.Transforms.Concatenate("Flags", Flags).Append(ml.Transforms.Concatenate("Numbers", Numbers))
        .Append(ml.Transforms.Conversion.MapValueToKey("Map", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue));

    /// <summary>Makes a trainer of the simple form.</summary>
    public static FuseTrainer Simple(MLContext ml, string label, LossBase? loss = null, int maxEpochs = 1)
    {
        Network network = label == "Map" ? Network.Of<PixelNet>(3) : Network.Of(() => nn.Sequential(nn.Flatten(), nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, label is "Flag" or "Number" ? 1 : 2)));
        return ml.Fuse().Train(network, new TensorColumn("Features"), label, loss, new() { MaxEpochs = maxEpochs, BatchSize = 16, Optimizer = Optimizers.Adam(0.02) });
    }

    /// <summary>Makes a trainer that names its outputs, one beside Score among them.</summary>
    public static FuseTrainer Long(MLContext ml, string label, Activation activation, int maxEpochs = 1) => ml.Fuse().Train(new FuseTrainer.Options
    {
        Columns = { ["data.input"] = new("Features"), ["data.label"] = new(label) },
        Model = new ModelWrapSeqToDict
        {
            Model = label == "Map" ? Network.Of<PixelNet>(3) : Network.Of(() => nn.Sequential(nn.Flatten(), nn.Linear(4, label == "Flag" ? 1 : 2))),
            Inputs = ["data.input"],
            Outputs = ["model.logits.head_0"],
        },
        Losses = { ["loss"] = label == "Map" ? Loss.SegmentationCrossEntropy() : label == "Numbers" ? Loss.MeanSquaredError() : Loss.BinaryCrossEntropy() },
        Outputs = { ["Score"] = new("model.logits.head_0", label) { Activation = activation }, ["Again"] = new("model.logits.head_0", label) { Activation = activation } },
        MaxEpochs = maxEpochs,
        BatchSize = 16,
        Optimizer = Optimizers.Adam(0.02),
    });
}
