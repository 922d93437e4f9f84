using System.Text;
using System.Text.Json;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Starts networks from weights files and writes them.</summary>
[TestClass]
public sealed class WeightsFileTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void SavedWeightsAreASafetensorsFileWithTheNetworksOwnNames()
    {
        FuseTransformer model = Own(Learning.Classify());
        string path = Path.Combine(Folder, "weights.safetensors");
        model.SaveWeights(path);

        // Read by hand after the format's description: length, JSON, values.
        byte[] file = File.ReadAllBytes(path);
        int header = (int)BitConverter.ToInt64(file, 0);
        using JsonDocument json = JsonDocument.Parse(Encoding.UTF8.GetString(file, 8, header));
        CollectionAssert.AreEquivalent(new[] { "__metadata__", "_linear.weight", "_linear.bias" }, json.RootElement.EnumerateObject().Select(entry => entry.Name).ToArray());
        Assert.AreEqual("pt", json.RootElement.GetProperty("__metadata__").GetProperty("format").GetString());
        JsonElement weight = json.RootElement.GetProperty("_linear.weight");
        Assert.AreEqual("F32", weight.GetProperty("dtype").GetString());
        CollectionAssert.AreEqual(new[] { 3, 2 }, weight.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ToArray());
        int start = 8 + header + weight.GetProperty("data_offsets")[0].GetInt32();
        float[] values = [.. Enumerable.Range(0, 6).Select(i => BitConverter.ToSingle(file, start + (4 * i)))];
        CollectionAssert.AreEqual(model.Network.state_dict()["_linear.weight"].data<float>().ToArray(), values);
    }

    [TestMethod]
    public void ARunStartsFromTheFile()
    {
        FuseTransformer earlier = Own(Learning.Classify());
        string path = Path.Combine(Folder, "weights.safetensors");
        earlier.SaveWeights(path);
        var log = new LogRecorder(_ml);
        FuseTrainer trainer = Learning.Classifier(_ml, new() { MaxEpochs = 1, Optimizer = Optimizers.SGD(0), InitialWeights = new(path) });
        FuseTransformer still = Own(trainer.Fit(Samples.Keyed(_ml, 60)));
        CollectionAssert.AreEqual(Learning.Weights(earlier.Network), Learning.Weights(still.Network));
        Assert.Contains("fits 2 of 2 weights of the network.", log.Text);
    }

    [TestMethod]
    public void ABackboneFromPythonGoesUnderItsPrefix()
    {
        // As torchvision's names begin: no prefix, and a last layer that is not wanted.
        string path = Write(("conv1.weight", Formula.Values(1, 4, 1, 3, 3)), ("conv1.bias", Formula.Values(2, 4)), ("bn1.weight", Formula.Values(3, 4)), ("bn1.bias", Formula.Values(4, 4)),
            ("bn1.running_mean", Formula.Values(5, 4)), ("bn1.running_var", ones(4)), ("bn1.num_batches_tracked", tensor(7L)), ("fc.weight", ones(3, 3)));
        IDataView view = Scan.Rows(_ml, 12);
        FuseTransformer Fit(WeightsFile? file) => Own(_ml.Fuse().Train(new FuseTrainer.Options
        {
            MaxEpochs = 1,
            Columns = { ["data.left"] = new("Left", [1, 6, 6]), ["data.label"] = new("Label") },
            Model = new ModelMultiHead { Inputs = ["data.left"], Backbone = Network.Of<MapNet>(), Heads = [new HeadGlobalPoolingClassifier { NumClasses = 3 }] },
            Losses = { ["cls"] = new LossCrossEntropy { Pred = "model.logits.head_0" } },
            Optimizer = Optimizers.SGD(0),
            InitialWeights = file,
        }).Fit(view));
        Dictionary<string, Tensor> fresh = Fit(null).Network.state_dict();
        Dictionary<string, Tensor> loaded = Fit(new(path) { PrefixMap = [new("", "backbone.")], Skip = ["fc."], Only = ["backbone."] }).Network.state_dict();
        using var scope = NewDisposeScope();
        Assert.IsTrue(loaded["backbone.conv1.weight"].SameAs(Formula.Values(1, 4, 1, 3, 3)));
        Assert.IsTrue(loaded["backbone.bn1.bias"].SameAs(Formula.Values(4, 4)));
        Assert.IsFalse(fresh["backbone.conv1.weight"].SameAs(loaded["backbone.conv1.weight"]));
        // The rest starts as it does without a file.
        Assert.IsTrue(fresh["heads.head_0.classifier.0.weight"].SameAs(loaded["heads.head_0.classifier.0.weight"]));
    }

    [TestMethod]
    public void AFrozenBackboneStaysAsTheFileHasIt()
    {
        IDataView view = Scan.Rows(_ml, 12);
        var options = new FuseTrainer.Options
        {
            MaxEpochs = 1,
            Columns = { ["data.left"] = new("Left", [1, 6, 6]), ["data.label"] = new("Label") },
            Model = new ModelMultiHead { Inputs = ["data.left"], Backbone = Network.Of<MapNet>(), Heads = [new HeadGlobalPoolingClassifier { NumClasses = 3 }] },
            Losses = { ["cls"] = new LossCrossEntropy { Pred = "model.logits.head_0" } },
            Optimizer = Optimizers.SGD(0.1),
        };
        FuseTransformer earlier = Own(_ml.Fuse().Train(options).Fit(view));
        string path = Path.Combine(Folder, "weights.safetensors");
        earlier.SaveWeights(path);
        options.InitialWeights = new(path);
        options.Freeze.Add("backbone.*");
        Dictionary<string, Tensor> before = earlier.Network.state_dict(), after = Own(_ml.Fuse().Train(options).Fit(view)).Network.state_dict();
        using var scope = NewDisposeScope();
        foreach ((string name, Tensor value) in before)
            Assert.AreEqual(name.StartsWith("backbone.", StringComparison.Ordinal), after[name].SameAs(value), name);
    }

    [TestMethod]
    [DataRow(ScalarType.Float16)]
    [DataRow(ScalarType.BFloat16)]
    [DataRow(ScalarType.Float64)]
    public void OtherFloatingPointTypesAreConverted(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor weight = Formula.Values(1, 3, 2).to(type);
        string path = Write(("_linear.weight", weight), ("_linear.bias", zeros(3)));
        using var module = new TinyClassifier();
        Assert.IsTrue(new WeightsFile(path).LoadInto(module).IsComplete);
        Assert.IsTrue(module.state_dict()["_linear.weight"].SameAs(weight.to(ScalarType.Float32)));
    }

    [TestMethod]
    [DataRow("missing", "1 missing in the file: _linear.bias")]
    [DataRow("unexpected", "1 unknown to the network: fc.bias")]
    [DataRow("mismatched", "1 of another shape or type: _linear.bias (Float32 [1] in the file, Float32 [3] in the network)")]
    [DataRow("type", "1 of another shape or type: _linear.bias (Int64 [3] in the file, Float32 [3] in the network)")]
    public void WhatDoesNotFitIsReported(string problem, string expected)
    {
        using var scope = NewDisposeScope();
        (string, Tensor) weight = ("_linear.weight", Formula.Values(1, 3, 2));
        string path = problem switch
        {
            "missing" => Write(weight),
            "unexpected" => Write(weight, ("_linear.bias", zeros(3)), ("fc.bias", zeros(3))),
            "mismatched" => Write(weight, ("_linear.bias", zeros(1))),
            _ => Write(weight, ("_linear.bias", zeros(3, dtype: ScalarType.Int64))),
        };
        using var module = new TinyClassifier();
        byte[] before = Learning.Weights(module);
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => new WeightsFile(path).LoadInto(module));
        Assert.Contains(expected, error.Message);
        Assert.Contains("set Strict to false", error.Message);
        CollectionAssert.AreEqual(before, Learning.Weights(module), "Nothing is copied by half.");

        Tensor bias = module.state_dict()["_linear.bias"].clone();
        WeightsReport report = new WeightsFile(path) { Strict = false }.LoadInto(module);
        Assert.IsFalse(report.IsComplete);
        Assert.Contains(expected, report.ToString());
        Assert.IsTrue(module.state_dict()["_linear.weight"].SameAs(Formula.Values(1, 3, 2)));
        if (problem != "unexpected")
            Assert.IsTrue(module.state_dict()["_linear.bias"].SameAs(bias));
        var log = new LogRecorder(_ml);
        Own(Learning.Classifier(_ml, new() { MaxEpochs = 1, InitialWeights = new(path) { Strict = false } }).Fit(Samples.Keyed(_ml, 12)));
        Assert.Contains("Warning: The weights file", log.Text);
        Assert.Contains(expected, log.Text);
    }

    [TestMethod]
    [DataRow("nowhere", "No name fits: PrefixMap says")]
    [DataRow("only", "No weight of the network begins with 'linear.', of Only. Did you mean '_linear.'?")]
    [DataRow("twice", "'a' and 'b' of")]
    public void WhatCanFitNowhereIsAnErrorAlsoWithoutStrict(string problem, string expected)
    {
        using var scope = NewDisposeScope();
        var file = new WeightsFile(Write(("a", zeros(3)), ("b", zeros(3)))) { Strict = false };
        file = problem switch
        {
            "only" => file with { Only = ["linear."] },
            "twice" => file with { PrefixMap = [new("a", "c"), new("b", "c")] },
            _ => file,
        };
        using var module = new TinyClassifier();
        Assert.Contains(expected, Assert.ThrowsExactly<InvalidDataException>(() => file.LoadInto(module)).Message);
    }

    [TestMethod]
    public void AFileThatCannotBeReadIsNamedBeforeTraining()
    {
        string missing = Path.Combine(Folder, "none.safetensors");
        Assert.Contains("none.safetensors' is not there", Assert.ThrowsExactly<FileNotFoundException>(() => Learning.Classifier(_ml, new() { InitialWeights = new(missing) })).Message);
        string path = Write(("_linear.weight", zeros(3, 2)), ("_linear.bias", zeros(3)));
        byte[] whole = File.ReadAllBytes(path);
        foreach (int length in new[] { 0, 7, 20, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);
            InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => Learning.Classifier(_ml, new() { InitialWeights = new(path) }).Fit(Samples.Keyed(_ml, 6)));
            Assert.Contains($"'{path}' is not a valid safetensors file", error.Message);
        }
    }

    [TestMethod]
    public void TwoStartsAreRefused()
    {
        FuseTransformer earlier = Own(Learning.Classify());
        string path = Path.Combine(Folder, "weights.safetensors");
        earlier.SaveWeights(path);
        Assert.Contains("InitialWeights and WarmStart both give", Assert.ThrowsExactly<ArgumentException>(() => Learning.Classifier(_ml, new() { InitialWeights = new(path), WarmStart = earlier })).Message);
        Assert.Contains("InitialWeights and ResumeFrom both give", Assert.ThrowsExactly<ArgumentException>(() => Learning.Classifier(_ml, new() { InitialWeights = new(path), ResumeFrom = "x.ckpt" })).Message);
    }

    [TestMethod]
    public void AModelOfPartsComesBackFromItsOwnFile()
    {
        using var scope = NewDisposeScope();
        foreach ((string name, FuseModel description) in ModelSamples.Models)
        {
            if (description is not HeadedModel || name is "backbone arguments")
                continue;
            IDataView view = Scan.Rows(_ml, 12);
            var options = new FuseTrainer.Options { MaxEpochs = 1, Model = description, Losses = { ["mse"] = new LossMeanSquaredError { Pred = "model.output.cls", Target = "data.three" } }, Outputs = { ["Classes"] = new("model.output.cls") } };
            foreach ((string key, TensorColumn column) in Scan.Columns)
                options.Columns[key] = column;
            options.Columns["data.three"] = new("Three");
            FuseTransformer model = Own(_ml.Fuse().Train(options).Fit(_ml.Transforms.Concatenate("Three", "Blood", "Age").Fit(view).Transform(view)));
            string path = Path.Combine(Folder, "weights.safetensors");
            model.SaveWeights(path);
            nn.Module copy = Own(model.CreateModule());
            using (no_grad())
                foreach (TorchSharp.Modules.Parameter parameter in copy.parameters())
                    parameter.zero_();
            Assert.IsTrue(new WeightsFile(path).LoadInto(copy).IsComplete, name);
            CollectionAssert.AreEqual(Learning.Weights(model.Network), Learning.Weights(copy), name);
        }
    }

    private string Write(params (string Name, Tensor Value)[] tensors)
    {
        string path = Path.Combine(Folder, $"{Guid.NewGuid():N}.safetensors");
        using FileStream stream = File.Create(path);
        SafetensorsWriter.Write(stream, tensors.Select(tensor => KeyValuePair.Create(tensor.Name, tensor.Value)));
        return path;
    }
}
