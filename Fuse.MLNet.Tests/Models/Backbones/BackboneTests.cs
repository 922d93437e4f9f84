using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Checks what holds for every backbone.</summary>
[TestClass]
public sealed class BackboneTests : LeakCheckedTest
{
    public static IEnumerable<object[]> Names => Backbones.Names;

    public static IEnumerable<object[]> SmallNames => Backbones.SmallNames;

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void DescriptionComesBackEqualFromJson(string name)
    {
        Network network = Backbones.All[name];
        string json = JsonSerializer.Serialize(network, FuseJsonContext.Default.Options);
        Network? back = JsonSerializer.Deserialize<Network>(json, FuseJsonContext.Default.Options);
        Assert.AreEqual(network, back);
        Assert.AreEqual(network.GetHashCode(), back!.GetHashCode());
        Assert.Contains("\"backbone.", json);
        Assert.DoesNotContain("featureCount", json);
        Assert.IsNull(network.WhyNotSavable());
        foreach ((string other, Network description) in Backbones.All)
            if (other != name)
                Assert.AreNotEqual(network, description);
    }

    [TestMethod]
    public void EveryBackboneIsTested() => CollectionAssert.AreEquivalent(
        typeof(Backbone).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Backbone)) && !type.IsAbstract).ToArray(),
        Backbones.All.Values.Select(network => network.GetType()).Distinct().ToArray());

    [TestMethod]
    [DynamicData(nameof(SmallNames))]
    public void GradientsReachEveryParameter(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using nn.Module module = Backbones.All[name].Build();
        BackboneCase.Fill(module);
        module.eval();
        Backbones.Call(module, BackboneCase.Of(name).Inputs(ScalarType.Float32)).square().sum().backward();
        foreach ((string parameter, TorchSharp.Modules.Parameter values) in module.named_parameters())
            Assert.IsTrue(values.numel() == 0 || (values.grad is { } gradient && gradient.ne(0).any().IsTrue() && gradient.isfinite().all().IsTrue()), parameter);
    }

    [TestMethod]
    public void GradientsReachTheMultiscaleTransformerButForTokensThatNobodyReads()
    {
        using DisposeScope scope = NewDisposeScope();
        using nn.Module module = Backbones.All["mvit"].Build();
        BackboneCase.Fill(module);
        module.eval();
        Backbones.Call(module, BackboneCase.Of("mvit").Inputs(ScalarType.Float32)).square().sum().backward();
        // The output is the class token; these of the last block change the others only, in the original too.
        string[] unread = [.. new[] { "pool_q.pool.weight", "rel_pos_h", "rel_pos_w", "rel_pos_t" }.Select(name => $"blocks.15.attn.{name}")];
        string[] unreached = [.. module.named_parameters().Where(pair => pair.parameter.grad is not { } gradient || !gradient.ne(0).any().IsTrue()).Select(pair => pair.name)];
        CollectionAssert.AreEquivalent(unread, unreached, string.Join(", ", unreached));
    }

    [TestMethod]
    public void TheMultiscaleTransformerHasTheOriginalsSize()
    {
        using nn.Module module = new BackboneMViT { InChannels = 1 }.Build();
        Assert.AreEqual(34_201_920, module.parameters().Sum(parameter => parameter.numel()));
    }

    [TestMethod]
    [DynamicData(nameof(SmallNames))]
    public void FeatureCountIsThatOfTheOutput(string name)
    {
        if (Backbones.All[name] is Backbone backbone)
            Assert.Contains(backbone.FeatureCount, BackboneCase.Of(name).OutputShape);
    }

    [TestMethod]
    [DynamicData(nameof(SmallNames))]
    public void NormalizationTrainsAndThenStands(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using nn.Module module = Backbones.All[name].Build();
        Tensor[] inputs = [.. BackboneCase.Of(name).Inputs(ScalarType.Float32).Select(input => cat([input, input.flip(1)]))];
        Dictionary<string, Tensor> Moving() => module.named_buffers().Where(pair => pair.name.EndsWith("running_mean", StringComparison.Ordinal))
            .ToDictionary(pair => pair.name, pair => pair.buffer.clone());
        Dictionary<string, Tensor> first = Moving();
        module.train();
        Backbones.Call(module, inputs);
        Dictionary<string, Tensor> trained = Moving();
        foreach ((string buffer, Tensor values) in trained)
            Assert.IsFalse(values.SameAs(first[buffer]), buffer);
        module.eval();
        Backbones.Call(module, inputs);
        foreach ((string buffer, Tensor values) in Moving())
            Assert.IsTrue(values.SameAs(trained[buffer]), buffer);
    }

    [TestMethod]
    [DynamicData(nameof(SmallNames))]
    public void ASavedModelLoadsToEqualScores(string name)
    {
        var ml = new MLContext(seed: 1);
        (FuseTransformer model, IDataView view) = Train(ml, name);
        FuseTransformer trained = Own(model);
        string path = Path.Combine(Folder, "model.zip");
        ml.Model.Save(trained, view.Schema, path);
        ITransformer loaded = Own(new MLContext().Model.Load(path, out _));
        float[][] scores = Learning.Scores(trained.Transform(view));
        Assert.IsTrue(scores.SelectMany(row => row).All(float.IsFinite));
        Learning.AreEqual(scores, Learning.Scores(loaded.Transform(view)));
    }

    /// <summary>Trains a backbone for an epoch on a few rows.</summary>
    internal static (FuseTransformer Model, IDataView Rows) Train(MLContext ml, string name)
    {
        long[][] shapes = [.. BackboneCase.Of(name).Inputs(ScalarType.Float32).Select(input =>
        {
            using (input)
                return input.shape[1..];
        })];
        IDataView view = Rows(ml, name, shapes);
        string[] columns = ["First", "Second"];
        var options = new FuseTrainer.Options
        {
            Model = new ModelWrapSeqToDict { Model = Backbones.All[name], Inputs = [.. shapes.Select((_, i) => $"data.{i}")], Outputs = ["model.output"] },
            Losses = { ["loss"] = new LossDefault((p, t) => p.square().mean(), "model.output", "data.label") },
            Outputs = { ["Score"] = new("model.output") },
            MaxEpochs = 1,
            BatchSize = 2,
        };
        for (int i = 0; i < shapes.Length; i++)
            options.Columns[$"data.{i}"] = new TensorColumn(columns[i], shapes[i]);
        options.Columns["data.label"] = new TensorColumn("Label");
        return (ml.Fuse().Train(options).Fit(view), view);
    }

    private static IDataView Rows(MLContext ml, string name, long[][] shapes)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] inputs = BackboneCase.Of(name).Inputs(ScalarType.Float32);
        float[][] values = [.. inputs.Select(input => input.narrow(0, 0, 1).to(ScalarType.Float32).flatten().data<float>().ToArray())];
        Row[] rows = [.. Enumerable.Range(0, 4).Select(i => new Row { First = values[0], Second = values[^1] })];
        var schema = SchemaDefinition.Create(typeof(Row));
        schema["First"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, values[0].Length);
        schema["Second"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, values[^1].Length);
        return ml.Data.LoadFromEnumerable(rows, schema);
    }

    private sealed class Row
    {
        public float[] First { get; set; } = [];

        public float[] Second { get; set; } = [];

        public float Label { get; set; }
    }
}
