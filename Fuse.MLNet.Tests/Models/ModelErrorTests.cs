using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Checks that models and heads that cannot work name what is wrong.</summary>
[TestClass]
public sealed class ModelErrorTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    public static IEnumerable<object[]> Mistakes =>
    [
        ["a head's name with a dot", () => new Head1D { HeadName = "a.b" }, "HeadName = 'a.b' is empty or has a dot"],
        ["a head's name without end", () => Model(new Head1D { HeadName = new string('x', 1001), InChannels = 2 }).Build(), "of a part of the model is too long"],
        ["two heads of one name", () => Model(new Head1D(), new Head3D()), "Two heads are named 'head_0'"],
        ["a layer without width", () => new Head1D { Layers = [3, 0] }, "Layers = [3, 0] has a size that is not positive"],
        ["dropout of everything", () => new Head1D { DropoutRate = 1 }, "DropoutRate must be at least 0 and below 1"],
        ["no class", () => new HeadGlobalPoolingClassifier { NumClasses = 0 }, "NumClasses must be at least 1"],
        ["one class", () => Model(new Head1D { NumOutputs = 1, InChannels = 2 }).Build(), "the probability of an only class is always 1"],
        ["an empty key", () => new Head1D { Inputs = [""] }, "'' is not a batch key"],
        ["a head that reads nothing", () => Model(new Head3D { Inputs = [] }).Build(), "The head 'head_0' reads nothing"],
        ["unknown channels", () => Model(new Head1D()).Build(), "'model.backbone_features', whose number of channels is not known before FuseModel sees data"],
        ["no input", () => (Model() with { Inputs = [] }).Build(), "set either Inputs or BackboneArguments"],
        ["two kinds of input", () => (Model() with { BackboneArguments = ["x"] }).Build(), "set either Inputs or BackboneArguments"],
        ["no input of a wrapped network", () => new ModelWrapSeqToDict { Model = Network.Of<MapNet>(), Outputs = ["y"] }.Build(), "set either Inputs or NamedInputs"],
        ["a parameter that is not there", () => new ModelWrapSeqToDict { Model = Network.Of<TwoInputs>(), NamedInputs = [new("image", "a"), new("bloood", "b")], Outputs = ["y"] }.Build(), "Did you mean 'blood'?"],
        ["too few streams", () => new ModelMultistream { Inputs = ["a", "b"], Backbones = [Network.Of<MapNet>()], Heads = [] }.Build(), "1 Backbones and 2 keys"],
        ["sizes of other streams", () => new ModelMultistream { Inputs = ["a"], Backbones = [Network.Of<MapNet>()], StreamChannels = [1, 1], Heads = [] }.Build(), "2 sizes in StreamChannels"],
        ["an empty ensemble", () => new ModelEnsemble { Models = [] }, "needs at least one model"],
        ["an ordinal head of one's own", () => new HeadNetwork { Network = Network.Of<MapNet>(), Mode = HeadMode.Ordinal }, "has no thresholds"],
        ["fusion without sizes", () => new ModelFeatureFusion { Inputs = ["a"], TabularInputs = ["b"], Backbone = Network.Of<MapNet>(), Heads = [] }.Build(), "set FeatureChannels and TabularChannels"],
    ];

    [TestMethod]
    [DynamicData(nameof(Mistakes))]
    public void MistakesInADescriptionAreNamed(string mistake, Func<object> make, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => (make() as IDisposable)?.Dispose(), mistake).Message);

    [TestMethod]
    [DataRow("channels of the head", "the head 'cls' was built for 7 channels in dimension 1, but it reads 'model.backbone_features' [6, 4, 6, 6]")]
    [DataRow("channels of the table", "the head 'cls' was built for 5 channels in dimension 1, but it reads 'data.age' [6] and 'data.blood' [6, 2]")]
    [DataRow("channels of the image", "the backbone failed on 'data.right' [2, 2, 6, 6]")]
    [DataRow("channels of the streams", "built for 3 channels in dimension 1, but it reads 'data.right' [2, 2, 6, 6]")]
    [DataRow("inputs of unlike size", "cannot be joined on dimension 1, because they differ in another one: 'data.left' [2, 1, 6, 6] and 'data.blood' [2, 2]")]
    [DataRow("a table that is an image", "the head 'cls' reads 'data.left' as tabular, [N] or [N, T], but it is [6, 1, 6, 6]")]
    [DataRow("vectors wanted", "the head 'cls' reads vectors [N, C], but its features are [6, 4, 6, 6]")]
    [DataRow("maps wanted", "segments maps [N, C, H, W] or volumes [N, C, D, H, W], but its features are [6, 2]")]
    [DataRow("a key that is not there", "reads 'data.agge', whose number of channels is not known. Did you mean 'data.age'")]
    public void WhatDoesNotFitTheDataNamesKeysAndShapes(string mistake, string expected)
    {
        HeadGlobalPoolingClassifier head = new() { HeadName = "cls", NumClasses = 3 };
        var model = new ModelMultiHead { Inputs = ["data.left"], Backbone = Network.Of<MapNet>(), Heads = [head] };
        FuseModel wrong = mistake switch
        {
            "channels of the head" => model with { Heads = [head with { InChannels = 7 }] },
            "channels of the table" => model with { Heads = [head with { TabularInputs = ["data.age", "data.blood"], TabularChannels = 5 }] },
            "channels of the image" => model with { Inputs = ["data.right"] },
            "channels of the streams" => new ModelMultistream { Inputs = ["data.right"], Backbones = [Network.Of<MapNet>(), Network.Of<MapNet>(), Network.Of<MapNet>()], Heads = [head] },
            "inputs of unlike size" => model with { Inputs = ["data.left", "data.blood"] },
            "a table that is an image" => model with { Heads = [head with { TabularInputs = ["data.left"] }] },
            "vectors wanted" => model with { Heads = [new Head1D { HeadName = "cls" }] },
            "maps wanted" => model with { Heads = [new HeadDenseSegmentation { HeadName = "cls", Inputs = ["data.blood"] }] },
            _ => model with { Heads = [head with { TabularInputs = ["data.agge"] }] },
        };
        var options = new FuseTrainer.Options { MaxEpochs = 1, Model = wrong, Losses = { ["cls"] = new LossCrossEntropy { Pred = "model.logits.cls" } } };
        foreach ((string key, TensorColumn column) in Scan.Columns)
            options.Columns[key] = column;
        Exception error = Assert.Throws<Exception>(() => Own(_ml.Fuse().Train(options).Fit(Scan.Rows(_ml, 6))));
        Assert.IsTrue(error is ArgumentException || error.GetType() == typeof(InvalidOperationException), error.ToString());
        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    public void FunctionsAreUsedAndSaidNotToBeSavable()
    {
        using var scope = NewDisposeScope();
        var model = new ModelWrapSeqToDict
        {
            Model = Network.Of<TinyClassifier>(2, 2),
            Inputs = ["data.x"],
            Outputs = ["raw", "y"],
            PreForwardFunction = inputs => [inputs[0] * 0],
            PostForwardFunction = outputs => [outputs[0] - outputs[0] + 3],
            PostForward = Activation.Softmax,
        };
        var batch = new BatchDict { RowCount = 1 };
        batch["data.x"] = ones(1, 2);
        using nn.Module<BatchDict, BatchDict> module = model.Build();
        module.call(batch);
        Assert.AreEqual(3f, batch["raw"][0, 1].item<float>());
        Assert.AreEqual(0.5f, batch["y"][0, 1].item<float>());
        Assert.Contains("PreForwardFunction is a function", model.WhyNotSavable()!);
        Assert.Contains("PostForwardFunction is a function", (model with { PreForwardFunction = null }).WhyNotSavable()!);
        Assert.Contains("PreForwardFunction", new ModelEnsemble { Models = [model] }.WhyNotSavable()!);
        var lambda = Network.Of(() => new TinyClassifier());
        Assert.Contains("Network.Of(() => ...)", Model(new HeadNetwork { Network = lambda }).WhyNotSavable()!);
        Assert.Contains("Network.Of(() => ...)", (Model() with { Backbone = lambda }).WhyNotSavable()!);
    }

    private static ModelMultiHead Model(params Head[] heads) => new() { Inputs = ["data.left"], Backbone = Network.Of<MapNet>(), Heads = heads };
}
