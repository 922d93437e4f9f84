using System.Text.Json;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Checks what holds for every model: JSON, training in a pipeline, saving, and each parameter trained once.</summary>
[TestClass]
public sealed class ModelTableTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 3);

    public static IEnumerable<object[]> Names => ModelSamples.Models.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void DescriptionComesBackEqual(string name)
    {
        FuseModel model = ModelSamples.Models[name];
        Assert.IsNull(model.WhyNotSavable());
        foreach (JsonSerializerOptions options in new[] { JsonSerializerOptions.Default, FuseJsonContext.Default.Options, JsonDefaults.Reading<FuseModel>(FuseJsonContext.Default).Options })
        {
            string json = JsonSerializer.Serialize(model, options);
            FuseModel back = JsonSerializer.Deserialize<FuseModel>(json, options)!;
            Assert.AreEqual(model, back, json);
            Assert.AreEqual(model.GetHashCode(), back.GetHashCode());
            if (name.Contains('.', StringComparison.Ordinal))
                Assert.Contains($"\"{name}\"", json);
        }
    }

    [TestMethod]
    public void EveryKindIsInTheTable()
    {
        string json = string.Concat(ModelSamples.Models.Values.Select(model => JsonSerializer.Serialize(model, FuseJsonContext.Default.Options)));
        foreach (Type kind in new[] { typeof(FuseModel), typeof(Head) })
            foreach (System.Text.Json.Serialization.JsonDerivedTypeAttribute listed in kind.GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonDerivedTypeAttribute), false))
                Assert.Contains($"\"{listed.TypeDiscriminator}\"", json);
        foreach (Type type in typeof(FuseModel).Assembly.GetTypes().Where(type => !type.IsAbstract && (type.IsSubclassOf(typeof(FuseModel)) || type.IsSubclassOf(typeof(Head)))))
        {
            Type parent = type.IsSubclassOf(typeof(FuseModel)) ? typeof(FuseModel) : typeof(Head);
            Assert.IsTrue(parent.GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonDerivedTypeAttribute), false)
                .Any(listed => ((System.Text.Json.Serialization.JsonDerivedTypeAttribute)listed).DerivedType == type), type.Name);
        }
    }

    /// <summary>Checks that scores are numbers, depend on the row, and are the same when the model was saved and loaded.</summary>
    internal static void AssertScoresEquallyAfterLoading(FuseTransformer model, IDataView view, string path)
    {
        float[][] scores = Learning.Scores(model.Transform(view), "Classes");
        Assert.IsTrue(scores.SelectMany(row => row).All(float.IsFinite));
        Assert.IsGreaterThan(1, scores.Select(row => row[0]).Distinct().Count(), "The scores do not depend on the row.");
        new MLContext().Model.Save(model, view.Schema, path);
        var other = new MLContext();
        other.Fuse().AllowTorchScript = true;
        ITransformer loaded = other.Model.Load(path, out _);
        using var owned = (IDisposable)loaded;
        Learning.AreEqual(scores, Learning.Scores(loaded.Transform(view), "Classes"));
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void TrainsAndScoresEquallyAfterLoading(string name)
    {
        IDataView view = Scan.Rows(_ml, 12);
        FuseTransformer model = Own(_ml.Fuse().Train(Options(name)).Fit(view));
        AssertScoresEquallyAfterLoading(model, view, Path.Combine(Folder, "model.zip"));
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void EachParameterIsTrainedOnce(string name)
    {
        FuseModel model = Sized(name);
        using var scope = NewDisposeScope();
        LightningModule module = Own(new LightningModuleDefault(new() { Model = model, Losses = [.. Options(name).Losses] }));
        (OptimizerConfiguration, IReadOnlyList<KeyValuePair<string, TorchSharp.Modules.Parameter>> Parameters)[] assigned = [.. ParameterAssignment.Of(module, [Optimizers.SGD(0.1)])];
        nint[] stepped = [.. assigned.SelectMany(group => group.Parameters).Select(parameter => parameter.Value.Handle)];
        CollectionAssert.AllItemsAreUnique(stepped);
        CollectionAssert.AreEquivalent(module.parameters().Select(parameter => parameter.Handle).Distinct().ToArray(), stepped);
        // One name each: a part registered twice would be saved twice.
        Assert.AreEqual(stepped.Length, module.named_parameters().Count(), string.Join(", ", module.named_parameters().Select(pair => pair.name)));

        module.TrainingStep(Batch())!.backward();
        foreach ((string parameter, TorchSharp.Modules.Parameter value) in module.named_parameters())
            Assert.IsNotNull(value.grad, parameter);
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void ACopyDiffersOnlyWhereItWasChanged(string name)
    {
        FuseModel model = ModelSamples.Models[name];
        Assert.AreEqual(model, model with { });
        if (model is HeadedModel headed)
            Assert.AreNotEqual(model, headed with { Heads = [.. headed.Heads, new Head1D { HeadName = "another" }] });
    }

    [TestMethod]
    [DataRow("model.multi_head", "backbone.conv1.weight", "heads.cls.classifier.0.weight", "heads.cls.tabular.0.weight", "heads.target.classifier.0.weight")]
    [DataRow("model.multistream", "backbones.0.conv1.weight", "backbones.1.bn1.running_mean", "heads.cls.classifier.3.bias")]
    [DataRow("model.siamese", "backbone.bn1.weight", "heads.cls.classifier.0.weight")]
    [DataRow("model.feature_fusion", "backbone.conv1.weight", "tabular.0.weight", "fusion.bias")]
    [DataRow("model.tabular", "embeddings.0.table.weight", "layers.0.linear.weight", "layers.2.norm.bias", "output.weight", "units.mean", "units.deviation")]
    [DataRow("model.ensemble", "models.0.backbone.conv1.weight", "models.1.heads.cls.classifier.0.weight")]
    [DataRow("shared classifier", "classifiers.both.0.weight", "backbone.conv1.bias")]
    [DataRow("head.network", "backbone.model.model.norm.weight", "heads.cls.network._linear.weight")]
    [DataRow("head.3d", "heads.table.ordinal.thresholds", "heads.cls.classifier.0.weight")]
    public void ParametersAreNamedByTheirPlace(string name, params string[] expected)
    {
        using nn.Module<BatchDict, BatchDict> module = Sized(name).Build();
        string[] names = [.. module.state_dict().Keys];
        foreach (string parameter in expected)
            Assert.Contains(parameter, names, string.Join(", ", names));
    }

    internal static FuseModel Sized(string name)
    {
        using var scope = NewDisposeScope();
        return ModelSamples.Models[name].Infer(new(0, 0, Batch));
    }

    private static BatchDict Batch()
    {
        random.manual_seed(5);
        var batch = new BatchDict { RowCount = 3, Phase = Phase.Train };
        batch["data.left"] = randn(3, 1, 6, 6);
        batch["data.right"] = randn(3, 2, 6, 6);
        batch["data.age"] = rand(3);
        batch["data.blood"] = rand(3, 2);
        batch["data.label"] = tensor(new long[] { 0, 1, 2 });
        batch["data.target"] = tensor(new[] { 0f, 1, 2 });
        return batch;
    }

    /// <summary>Makes options that train a sample for two batches.</summary>
    internal static FuseTrainer.Options Options(string name)
    {
        var options = new FuseTrainer.Options { MaxEpochs = 1, BatchSize = 6, Model = ModelSamples.Models[name], Optimizer = Optimizers.SGD(0.1) };
        foreach ((string key, TensorColumn column) in Scan.Columns)
            options.Columns[key] = column;
        // Two members of the ensemble, and every head, have a loss each.
        string[] outputs = name switch
        {
            "model.ensemble" => ["model.output.ensemble_output_0.cls", "model.output.ensemble_output_1.cls"],
            "model.multi_head" => ["model.output.cls", "model.output.target"],
            "shared classifier" => ["model.output.cls", "model.output.second"],
            "head.3d" => ["model.output.cls", "model.output.table"],
            "head.dense_segmentation" => ["model.output.cls", "model.output.map"],
            _ => ["model.output.cls"],
        };
        foreach ((int index, string output) in outputs.Index())
            options.Losses[$"loss_{index}"] = new SquareOf(output);
        options.Outputs["Classes"] = new(ModelSamples.ClassKey(name));
        return options;
    }

    /// <summary>Is a loss of any prediction, whatever its shape.</summary>
    private sealed record SquareOf(string Key) : LossBase
    {
        protected override LossTerms Compute(BatchDict batch) => new((batch[Key] - 0.7).square());
    }
}
