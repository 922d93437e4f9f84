using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Makes a small model of each kind whose file is kept for later versions, with the rows that it scores.</summary>
internal sealed record KeptModel(ITransformer Model, IDataView Rows)
{
    private const int Count = 12;

    private static readonly Dictionary<string, Func<MLContext, KeptModel>> Makers = new(StringComparer.Ordinal)
    {
        ["network_of"] = ml => Fitted(ml, Blobs(ml), ml.Transforms.Conversion.MapValueToKey("Label").Append(Learning.Classifier(ml)).Append(ml.Transforms.Conversion.MapKeyToValue("Decoded", "PredictedLabel"))),
        ["multi_head"] = ml => Fitted(ml, Blobs(ml), ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.input"] = new("Features") { Standardize = true }, ["data.label"] = new("Label"), ["data.target"] = new("Target") },
            Model = new ModelMultiHead
            {
                Inputs = ["data.input"],
                Backbone = new BackboneMultilayerPerceptron { MlpInputSize = 2, Layers = [6] },
                Heads = [new Head1D { HeadName = "cls", NumOutputs = 3, Layers = [] }, new Head1D { HeadName = "number", Mode = HeadMode.Regression, NumOutputs = 1, Layers = [4] }],
            },
            Losses =
            {
                ["cls"] = new LossCrossEntropy { Pred = "model.logits.cls" },
                ["number"] = new LossWarmUp(new LossMeanSquaredError { Pred = "model.output.number", Target = "data.target", Weight = 0.1 }, 2),
            },
            ValidationMetrics = { ["accuracy"] = new MetricAccuracy("model.output.cls", "data.label") },
            BestEpochSource = [new("validation.metrics.accuracy", MonitorMode.Max)],
            Outputs = { ["Score"] = new("model.output.cls", "Label"), ["Number"] = new("model.output.number") { Kind = OutputKind.Scalar } },
            ValidationColumnName = "IsValidation",
            MaxEpochs = 2,
        }))),
        ["loss_stage"] = ml => Fitted(ml, Blobs(ml), ml.Transforms.Conversion.MapValueToKey("Label").Append(Learning.Classifier(ml)).Append(ml.Fuse().Losses.CrossEntropy())),
        ["ensemble"] = ml => new KeptModel(ml.Fuse().Ensemble([Learning.Classify(1), Learning.Classify(2)]), Blobs(ml)),
        ["tabular"] = ml => Fitted(ml, Blobs(ml, rows => rows[4].Features[1] = float.NaN), ml.Transforms.Conversion.MapValueToKey("Patient").Append(ml.BinaryClassification.Trainers.FuseNeuralNetwork(new FuseTrainer.NeuralNetworkOptions
        {
            LabelColumnName = "IsValidation",
            CategoricalColumnNames = { "Patient" },
            HiddenSizes = [4],
            MaxEpochs = 1,
        }))),
        ["regression"] = ml => Fitted(ml, Blobs(ml), ml.Regression.Trainers.FuseNeuralNetwork(new FuseTrainer.NeuralNetworkOptions { LabelColumnName = "Target", HiddenSizes = [4], MaxEpochs = 1 })),
        ["multi_label"] = ml => Fitted(ml, ml.Data.LoadFromEnumerable(TaskRow.Make(Count)), Tasks.Labels(ml).Append(ml.Fuse().Train(Network.Of<FlatLinear>(4, 2), new TensorColumn("Features"), "Flags", options: new() { MaxEpochs = 1 }))),
        ["segmentation"] = ml => Fitted(ml, ml.Data.LoadFromEnumerable(TaskRow.Make(Count)), Tasks.Labels(ml).Append(Tasks.Simple(ml, "Map"))),
        ["tokens"] = ml => Fitted(ml, ml.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(i => new TokenRow { Tokens = [.. Enumerable.Range(i, 1 + (i % 5))], Target = i })), ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.tokens"] = new("Tokens") { PadTo = 4, PaddingValue = 7, MaskKey = "data.mask" }, ["data.target"] = new("Target") },
            Model = new ModelWrapSeqToDict { Model = Network.Of<MaskedMean>(), Inputs = ["data.tokens", "data.mask"], Outputs = ["model.output.mean"] },
            Losses = { ["loss"] = Loss.MeanSquaredError() with { Pred = "model.output.mean", Target = "data.target" } },
            Outputs = { ["Score"] = new("model.output.mean") { Kind = OutputKind.Scalar } },
            MaxEpochs = 1,
        })),
        ["image"] = ml => Fitted(ml, ml.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(i => new EncodedPicture { Image = Bitmap(i), Target = i })),
            ml.Fuse().Train(Network.Of<FlatLinear>(12, 1), new TensorColumn("Image", [3, 2, 2]) { Image = new ImageColumn { Resize = ImageResize.Fill }, Mean = [0.5f] }, "Target", options: new() { MaxEpochs = 1 })),
        ["module"] = ml => Fitted(ml, Blobs(ml), ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.input"] = new("Features"), ["data.label"] = new("Label") },
            Module = LightningModule.Of<CustomClassifier>(0.01),
            Outputs = { ["Score"] = new("model.output", "Label") { Activation = Activation.Softmax } },
            MaxEpochs = 1,
        }))),
        ["averaged"] = ml => Fitted(ml, Blobs(ml), ml.Transforms.Conversion.MapValueToKey("Label").Append(Learning.Classifier(ml, new() { MaxEpochs = 2, Callbacks = { new ExponentialMovingAverage() } }, Network.Of<NormalizedClassifier>()))),
        ["replaced"] = ml => Fitted(ml, Blobs(ml, rows => rows[4].Features[1] = float.NaN),
            ml.Transforms.Conversion.MapValueToKey("Label").Append(Learning.Classifier(ml, new() { MaxEpochs = 1, NonFiniteFeatures = NonFiniteFeatures.Replace(0.5) }))),
    };

    /// <summary>Gets the kinds.</summary>
    public static IEnumerable<string> Names => Makers.Keys;

    /// <summary>Trains the model of a kind.</summary>
    public static KeptModel Make(string name) => Makers[name](new MLContext(seed: 1));

    /// <summary>Makes the trainer whose checkpoint is kept: it keeps every kind of state.</summary>
    public static FuseTrainer Resumable(MLContext ml, FuseTrainer.TrainingOptions options)
    {
        (options.MaxEpochs, options.BatchSize, options.ValidationColumnName) = (4, 8, "IsValidation");
        (options.Optimizer, options.LearningRateScheduler) = (Optimizers.AdamW(0.05), Schedules.Cosine());
        options.Callbacks.Add(new ExponentialMovingAverage());
        options.Callbacks.Add(new EarlyStopping(new("validation.losses.total_loss"), patience: 10));
        return ml.Fuse().Train(Network.Of<TinyClassifier>(2, 3), new TensorColumn("Features"), "Key", options: options);
    }

    private static KeptModel Fitted(MLContext ml, IDataView rows, IEstimator<ITransformer> pipeline)
    {
        _ = ml;
        return new(pipeline.Fit(rows), rows);
    }

    private static IDataView Blobs(MLContext ml, Action<Sample[]>? change = null)
    {
        Sample[] rows = Samples.Blobs(Count);
        change?.Invoke(rows);
        return ml.Data.LoadFromEnumerable(rows);
    }

    // A bitmap of 2 x 2 pixels of 24 bits, whose rows end at four bytes.
    private static byte[] Bitmap(int seed) =>
    [
        .. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 16, 0, 0, 0, .. new byte[16],
        .. Enumerable.Range(0, 16).Select(i => (byte)(i % 8 < 6 ? (i * 13) + (seed * 40) : 0)),
    ];

    private sealed class EncodedPicture
    {
        public byte[] Image { get; set; } = [];

        public float Target { get; set; }
    }
}
