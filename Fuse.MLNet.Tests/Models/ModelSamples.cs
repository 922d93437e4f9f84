namespace Fuse.MLNet.Tests;

/// <summary>Holds a description of every kind of model, with options other than the defaults, over the columns of <see cref="Scan"/>.</summary>
internal static class ModelSamples
{
    private static readonly Network Map = Network.Of<MapNet>();

    /// <summary>Gets the models by name; each makes <c>model.logits.cls</c> and <c>model.output.cls</c>, or what <see cref="ClassKey"/> says.</summary>
    public static IReadOnlyDictionary<string, FuseModel> Models { get; } = new Dictionary<string, FuseModel>(StringComparer.Ordinal)
    {
        ["model.wrap_seq_to_dict"] = new ModelWrapSeqToDict
        {
            Model = Network.Of<TwoInputs>(),
            NamedInputs = [new("blood", "data.blood"), new("image", "data.left")],
            Outputs = [null, "model.output.cls"],
            PostForward = Activation.Softmax,
        },
        ["network.wrap_dict_to_seq"] = new ModelWrapSeqToDict
        {
            Model = new ModelWrapDictToSeq
            {
                Model = new ModelMultiHead { Inputs = ["data.x"], Backbone = Map, Heads = [Classes() with { InChannels = 4 }] },
                InputKey = "data.x",
                OutputKey = "model.logits.cls",
            },
            Inputs = ["data.left"],
            Outputs = ["model.logits.cls", "model.output.cls"],
            PostForward = Activation.Softmax,
        },
        ["model.multi_head"] = new ModelMultiHead
        {
            Inputs = ["data.left", "data.right"],
            Backbone = Network.Of<MapNet>(3),
            KeyOutFeatures = "model.features",
            Heads =
            [
                Classes() with { Inputs = ["model.features"], Pooling = GlobalPooling.Average, TabularInputs = ["data.age", "data.blood"], TabularLayers = [6, 5], TabularDropoutRate = 0.2, Layers = [7], DropoutRate = 0.3 },
                new Head1D { HeadName = "target", Inputs = ["model.output.cls"], Mode = HeadMode.Regression, NumOutputs = 1, Layers = [], DropoutRate = 0 },
            ],
        },
        ["backbone arguments"] = new ModelMultiHead
        {
            BackboneArguments = ["data.left", "data.blood"],
            Backbone = Network.Of<TwoInputs>(),
            Heads = [new Head1D { HeadName = "cls", NumOutputs = 3, Layers = [4] }],
        },
        ["shared classifier"] = new ModelMultiHead
        {
            Inputs = ["data.left"],
            Backbone = Map,
            Heads = [Classes() with { SharedClassifier = "both" }, Classes() with { HeadName = "second", Pooling = GlobalPooling.Average, SharedClassifier = "both" }],
        },
        ["model.multistream"] = new ModelMultistream { Inputs = ["data.right"], Backbones = [Map, Network.Of<MapNet>(1, 2)], StreamChannels = [1, 1], Heads = [Classes()] },
        ["streams of columns"] = new ModelMultistream { Inputs = ["data.left", "data.right"], Backbones = [Map, Network.Of<MapNet>(2, 3)], Heads = [Classes()] },
        ["model.siamese"] = new ModelSiamese { Inputs0 = ["data.left"], Inputs1 = ["data.left"], Backbone = Map, Heads = [Classes()] },
        ["model.feature_fusion"] = new ModelFeatureFusion { Inputs = ["data.left"], Backbone = Map, TabularInputs = ["data.age", "data.blood"], Heads = [Classes()] },
        ["fusion by concatenation"] = new ModelFeatureFusion
        {
            Inputs = ["data.left"],
            Backbone = Map,
            TabularInputs = ["data.blood"],
            TabularLayers = [],
            TabularDropoutRate = 0.3,
            Fusion = FusionMode.Concatenate,
            Heads = [Classes() with { Mode = HeadMode.MultiLabel }],
        },
        ["model.tabular"] = new ModelTabular
        {
            Inputs = ["data.age", "data.blood"],
            InputSize = 3,
            CategoricalInputs = [new("data.label", count: 3, width: 1)],
            HiddenSizes = [6, 6, 4],
            DropoutRate = 0.2,
            MissingIndicators = false,
            OutputSize = 3,
            KeyLogits = "model.logits.cls",
            KeyOutput = "model.output.cls",
            LabelMean = [5],
            LabelStandardDeviation = [1, 2, 3],
        },
        ["model.ensemble"] = new ModelEnsemble
        {
            Models = [new ModelMultiHead { Inputs = ["data.left"], Backbone = Map, Heads = [Classes()] }, new ModelMultiHead { Inputs = ["data.right"], Backbone = Network.Of<MapNet>(2), Heads = [Classes()] }],
        },
        ["model.ensemble_member"] = new ModelEnsembleMember
        {
            Model = new ModelMultiHead { Inputs = ["data.left"], Backbone = Map, Heads = [Classes()] },
            Inputs = [new("data.left", [0.5f], [2])],
            Outputs = [new("cls", "model.logits.cls", Activation.Softmax, [3])],
        },
        ["network.torch_script"] = new ModelWrapSeqToDict
        {
            Model = Network.TorchScript(Path.Combine(Repository.Tests, "Models", "Data", "classifier.pt")),
            Inputs = ["data.blood"],
            Outputs = ["model.logits.cls", "model.output.cls"],
            PostForward = Activation.Softmax,
        },
        ["head.3d"] = new ModelMultiHead
        {
            Inputs = ["data.left"],
            Backbone = Network.Of<VolumeNet>(),
            Heads = [new Head3D { HeadName = "cls", DropoutRate = 0.2, FusedDropoutRate = 0.1, Layers = [5], TabularInputs = ["data.age"] }, new Head3D { HeadName = "table", Inputs = [], TabularInputs = ["data.blood"], Mode = HeadMode.Ordinal }],
        },
        ["head.network"] = new ModelMultiHead { Inputs = ["data.left"], Backbone = new ModelWrapDictToSeq { Model = Pooled(), InputKey = "x", OutputKey = "y" }, Heads = [new HeadNetwork { HeadName = "cls", Network = Network.Of<TinyClassifier>(36, 3), Mode = HeadMode.MultiLabel }] },
        ["head.dense_segmentation"] = new ModelMultiHead
        {
            Inputs = ["data.left"],
            Backbone = Map,
            Heads = [new HeadDenseSegmentation { HeadName = "map", NumClasses = 3, MaxPoolKernel = [2, 3], TabularInputs = ["data.age"], Layers = [4] }, Classes()],
        },
    };

    /// <summary>Gets the key of the class probabilities that a model makes.</summary>
    public static string ClassKey(string name) => name == "model.ensemble" ? "model.output.cls_ensemble_average" : "model.output.cls";

    private static HeadGlobalPoolingClassifier Classes() => new() { HeadName = "cls", NumClasses = 3, Layers = [5] };

    private static ModelWrapSeqToDict Pooled() => new() { Model = Network.Of<FlatNet>(), Inputs = ["x"], Outputs = ["y"] };
}
