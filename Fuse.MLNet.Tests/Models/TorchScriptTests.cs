using System.IO.Compression;
using System.Text.Json;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Trains, scores and keeps networks that were scripted or traced in Python by Data/make_scripts.py.</summary>
[TestClass]
public sealed class TorchScriptTests : LeakCheckedTest
{
    private static readonly JsonElement Expected = JsonDocument.Parse(File.ReadAllText(Script("scripts.json"))).RootElement;
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("classifier")]
    [DataRow("pair")]
    [DataRow("listed")]
    [DataRow("traced")]
    public void GivesWhatPythonGives(string name)
    {
        using var scope = NewDisposeScope();
        using var module = (TorchScriptModule)Network.TorchScript(Script($"{name}.pt")).Build();
        module.eval();
        Tensor rows = tensor(Numbers(Expected.GetProperty("rows")).Select(value => (float)value).ToArray()).reshape(4, 2);
        JsonElement expected = Expected.GetProperty("models").GetProperty(name);
        Tensor[] outputs = module.call(name == "pair" ? [rows, rows.flip(0)] : [rows]);
        double[][] values = [.. expected.GetProperty("outputs").EnumerateArray().Select(Numbers)];
        Assert.HasCount(values.Length, outputs);
        foreach ((double[] value, Tensor output) in values.Zip(outputs))
            Formula.AreEqual(value, [.. output.data<float>().Select(number => (double)number)], name);
        string[] names = [.. expected.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetString()!)];
        CollectionAssert.AreEquivalent(names, module.named_parameters().Select(pair => pair.name).ToArray());
    }

    [TestMethod]
    public void FineTunesAndScoresEquallyAfterLoading()
    {
        FuseTransformer model = Own(Fit(new() { MaxEpochs = 4, BatchSize = 16, Optimizer = Optimizers.Adam(0.02) }));
        double[] losses = [.. model.History["train.losses.total_loss"]];
        Assert.IsLessThan(0.5 * losses[0], losses[^1]);
        // 60 rows are 4 batches: the script puts a new tensor in the place of this buffer in each.
        Assert.AreEqual(16.0, model.Network.get_buffer("batches")!.Number());
        IDataView view = Samples.Keyed(_ml, 9);
        float[][] scores = Learning.Scores(model.Transform(view));
        string path = Saved(model);
        using (ZipArchive zip = ZipFile.OpenRead(path))
            Assert.AreEqual(1, zip.Entries.Count(entry => entry.FullName.EndsWith(".torchscript", StringComparison.Ordinal)));
        var other = new MLContext();
        Assert.Contains("AllowTorchScript = true", Loading.Refused<UnauthorizedAccessException>(other, path).Message);
        other.Fuse().AllowTorchScript = true;
        Assert.IsTrue(other.Fuse().AllowTorchScript);
        var loaded = (FuseTransformer)Own(other.Model.Load(path, out _));
        Learning.AreEqual(scores, Learning.Scores(loaded.Transform(view)));
        // The loaded model goes on like any: it can be saved again and copied.
        Assert.AreEqual(16.0, loaded.Network.get_buffer("batches")!.Number());
        using nn.Module copy = loaded.CreateModule();
        CollectionAssert.AreEqual(Learning.Weights(model.Network), Learning.Weights(copy));
    }

    [TestMethod]
    public void InAPipelineItLoadsAsWell()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Samples.Blobs(30));
        ITransformer model = Own<ITransformer>(_ml.Transforms.Conversion.MapValueToKey("Label").Append(Learning.Classifier(_ml, network: Network.TorchScript(Script("classifier.pt"))))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(rows));
        string path = Path.Combine(Folder, "pipeline.zip");
        _ml.Model.Save(model, rows.Schema, path);
        _ml.Fuse().AllowTorchScript = true;
        ITransformer loaded = Own(_ml.Model.Load(path, out _));
        Learning.AreEqual(Learning.Scores(model.Transform(rows)), Learning.Scores(loaded.Transform(rows)));
        _ml.Fuse().AllowTorchScript = false;
        Loading.Refused<UnauthorizedAccessException>(_ml, path);
    }

    [TestMethod]
    public void AnIndependentLoopGivesTheSameWeights()
    {
        const int Seed = 1, Rows = 40, BatchSize = 16, Epochs = 2;
        FuseTransformer model = Own(Learning.Classify(Seed, Rows, new() { MaxEpochs = Epochs, BatchSize = BatchSize, Optimizer = Optimizers.SGD(0.1), Device = FuseDevice.Cpu }, Network.TorchScript(Script("classifier.pt"))));
        using var scope = NewDisposeScope();
        Sample[] samples = Samples.Blobs(Rows);
        Tensor inputs = tensor(samples.SelectMany(row => row.Features).ToArray()).reshape(Rows, 2);
        Tensor labels = tensor(samples.Select(row => (long)row.Key).ToArray());
        using jit.ScriptModule<Tensor, Tensor> script = jit.load<Tensor, Tensor>(Script("classifier.pt"));
        using optim.Optimizer optimizer = optim.SGD(script.parameters().ToArray(), 0.1);
        script.train();
        long step = 0;
        for (int epoch = 0; epoch < Epochs; epoch++)
            foreach (int[] indices in TrainingSeeds.Permutation(Rows, Seed, epoch).Chunk(BatchSize))
            {
                Tensor batch = tensor(indices.Select(index => (long)index).ToArray());
                random.manual_seed(TrainingSeeds.ForStep(Seed, step++));
                optimizer.zero_grad();
                nn.functional.cross_entropy(script.call(inputs.index_select(0, batch)), labels.index_select(0, batch)).backward();
                optimizer.step();
            }

        Dictionary<string, Tensor> trained = model.Network.state_dict();
        foreach ((string name, Tensor value) in script.state_dict().Where(pair => pair.Value.is_floating_point() && pair.Key != "batches"))
            Assert.IsTrue(value.allclose(trained[name].cpu(), 1e-5, 1e-6), name);
    }

    [TestMethod]
    public void FrozenPartsStayWithTheirStatistics()
    {
        using var scope = NewDisposeScope();
        using nn.Module first = Network.TorchScript(Script("classifier.pt")).Build();
        FuseTransformer model = Own(Fit(new() { MaxEpochs = 1, BatchSize = 16, Freeze = { "features.*" } }));
        Dictionary<string, Tensor> before = first.state_dict(), after = model.Network.state_dict();
        foreach (string name in before.Keys)
            Assert.AreEqual(name.StartsWith("features.", StringComparison.Ordinal), before[name].HostBytes().SequenceEqual(after[name].HostBytes()), name);
    }

    [TestMethod]
    public void TheFineTunedScriptGoesBackToTorchScript()
    {
        FuseTransformer model = Own(Fit(new() { MaxEpochs = 1, BatchSize = 16 }));
        string path = Path.Combine(Folder, "tuned.pt");
        ((TorchScriptModule)model.Network).Save(path);
        using var scope = NewDisposeScope();
        using jit.ScriptModule<Tensor, Tensor> script = jit.load<Tensor, Tensor>(path);
        script.eval();
        Tensor rows = rand(5, 2);
        var tuned = (TorchScriptModule)model.Network;
        Assert.IsTrue(script.call(rows).allclose(tuned.call([rows.to(tuned.parameters().First().device)])[0].cpu()));
        Assert.AreEqual(4f, script.get_buffer("batches")!.item<float>());
        Assert.HasCount(1, Directory.GetFiles(Folder));
    }

    [TestMethod]
    public void TwoInputsAndTwoOutputsTrainWithAParameterOfTwoNames()
    {
        FuseTransformer model = Own(_ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.x"] = new("Features"), ["data.label"] = new("Key") },
            Model = new ModelWrapSeqToDict { Model = Network.TorchScript(Script("pair.pt")), Inputs = ["data.x", "data.x"], Outputs = ["model.logits.cls", "model.output.cls"] },
            Losses = { ["loss"] = new LossDefault((p, t) => nn.functional.cross_entropy(p, t), "model.logits.cls", "data.label") },
            Outputs = { ["Score"] = new("model.output.cls") },
            MaxEpochs = 2,
            BatchSize = 16,
        }).Fit(_ml.Data.LoadFromEnumerable(Samples.Blobs(32))));
        Dictionary<string, Tensor> state = model.Network.state_dict();
        Assert.AreEqual(3, model.Network.parameters().Count());
        CollectionAssert.AreEqual(state["left.weight"].HostBytes(), state["right.weight"].HostBytes());
        using nn.Module first = Network.TorchScript(Script("pair.pt")).Build();
        CollectionAssert.AreNotEqual(first.get_parameter("left.weight")!.HostBytes(), state["left.weight"].HostBytes());
    }

    [TestMethod]
    public void DescriptionsAreEqualWhenTheirFilesAre()
    {
        string copy = Path.Combine(Folder, "copy.pt");
        File.Copy(Script("traced.pt"), copy);
        Network network = Network.TorchScript(copy);
        File.Delete(copy);
        Assert.AreEqual(Network.TorchScript(Script("traced.pt")), network);
        Assert.AreEqual(Network.TorchScript(Script("traced.pt")).GetHashCode(), network.GetHashCode());
        Assert.AreNotEqual(Network.TorchScript(Script("listed.pt")), network);
        string json = JsonSerializer.Serialize(network, FuseJsonContext.Default.Options);
        Assert.AreEqual(network, JsonSerializer.Deserialize<Network>(json, FuseJsonContext.Default.Options));
    }

    [TestMethod]
    [DataRow("mapped.pt", "such as a dictionary")]
    [DataRow("pair.pt", "forward() is missing value for argument 'right'")]
    public void WhatDoesNotFitIsSaidAtTheFirstBatch(string file, string expected)
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Own(Fit(network: Network.TorchScript(Script(file)))));
        Assert.Contains("The network failed on the first batch", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    public void AnErrorInTheScriptIsNamedByItsCause()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Own(_ml.Fuse().Train(Network.TorchScript(Script("classifier.pt")), new TensorColumn("Target"), "Key",
            Loss.CrossEntropy()).Fit(_ml.Data.LoadFromEnumerable(Samples.Blobs(32)))));
        Assert.Contains("failed on the first batch, before training: mat1 and mat2 shapes cannot be multiplied", error.Message);
        Assert.Contains("data.input: Float32 [32]", error.Message);
    }

    [TestMethod]
    public void TypesOfNumbersStay()
    {
        using nn.Module module = Network.TorchScript(Script("classifier.pt")).Build();
        Assert.Contains("convert it in Python", Assert.Throws<NotSupportedException>(() => module.to(ScalarType.Float64)).Message);
        Assert.Contains("to MPS", Assert.Throws<NotSupportedException>(() => module.to(DeviceType.MPS)).Message);
        module.to(DeviceType.CPU);
        Assert.IsTrue(module.parameters().All(parameter => parameter.dtype == ScalarType.Float32));
    }

    [TestMethod]
    public void StepsThatAreComputedTwiceAndAveragesKeepTheScriptsBuffers()
    {
        FuseTransformer model = Own(Fit(new() { MaxEpochs = 2, BatchSize = 16, Optimizer = Optimizers.SAM(Optimizers.SGD(0.1)), Callbacks = { new ExponentialMovingAverage() } }));
        // Four batches an epoch, each counted once.
        Assert.AreEqual(8f, model.Network.get_buffer("batches")!.Number());
        string path = Path.Combine(Folder, "tuned.pt");
        ((TorchScriptModule)model.Network).Save(path);
        using jit.ScriptModule script = jit.load(path);
        Assert.AreEqual(8f, script.get_buffer("batches")!.item<float>());
    }

    [TestMethod]
    public void ManyThreadsScoreWhileTheModelIsSavedAndCopied()
    {
        FuseTransformer model = Own(Fit());
        IDataView view = Samples.Keyed(_ml, 30);
        float[][] expected = Learning.Scores(model.Transform(view));
        void Score()
        {
            for (int i = 0; i < 20; i++)
                Learning.AreEqual(expected, Learning.Scores(model.Transform(view)));
        }

        OnOtherThreads(Score, Score, () =>
        {
            for (int i = 0; i < 10; i++)
            {
                Saved(model);
                model.CreateModule().Dispose();
            }
        });
    }

    [TestMethod]
    public void AFileThatInflatesFarBeyondItsSizeIsRefused()
    {
        string path = Path.Combine(Folder, "bomb.pt");
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create))
        using (Stream stream = zip.CreateEntry("bomb/code/__torch__.py").Open())
            stream.Write(new byte[8 << 20]);
        Assert.Contains("many times larger than the file", Assert.Throws<InvalidDataException>(() => Network.TorchScript(path)).Message);
    }

    [TestMethod]
    public void ASavedLossHoldsNoScript()
    {
        ClassRegistry.Register(typeof(Perceptual), null);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => SavedLoss.Of(new Perceptual(Network.TorchScript(Script("traced.pt")))));
        Assert.Contains("a TorchScript network cannot be saved here", error.Message);
        string json = JsonSerializer.Serialize(Network.TorchScript(Script("traced.pt")));
        var saved = new SavedLoss { TypeName = typeof(Perceptual).FullName, AssemblyName = "Fuse.MLNet.Tests", Value = JsonDocument.Parse($"{{\"Network\":{json}}}").RootElement };
        Assert.Contains("a TorchScript network cannot be saved here", Assert.Throws<NotSupportedException>(() => saved.Open()).Message);
    }

    [TestMethod]
    public void NamedInputsAreRefused() => Assert.Contains("give their keys in order", Assert.Throws<ArgumentException>(() =>
        new ModelWrapSeqToDict { Model = Network.TorchScript(Script("pair.pt")), NamedInputs = [new("left", "data.x"), new("right", "data.y")], Outputs = ["a", "b"] }.Build().Dispose()).Message);

    [TestMethod]
    [DataRow("missing", "is not there; its full path is '")]
    [DataRow("empty", "is not a whole TorchScript file")]
    [DataRow("text", "is not a whole TorchScript file")]
    [DataRow("cut", "is not a whole TorchScript file")]
    [DataRow("flipped", "is damaged")]
    [DataRow("weights", "holds no TorchScript code: torch.save wrote it, perhaps")]
    public void DamagedFilesAreRefusedBeforeLibtorchSeesThem(string damage, string expected)
    {
        string path = Path.Combine(Folder, "damaged.pt");
        byte[] bytes = File.ReadAllBytes(Script(damage == "weights" ? "weights_only.pt" : "classifier.pt"));
        if (damage == "flipped")
            bytes[FindCode(bytes)] ^= 1;
        if (damage != "missing")
            File.WriteAllBytes(path, damage switch { "empty" => [], "text" => "not a zip"u8.ToArray(), "cut" => bytes[..(bytes.Length / 2)], _ => bytes });
        Exception error = damage == "missing" ? Assert.Throws<FileNotFoundException>(() => Network.TorchScript(path)) : Assert.Throws<InvalidDataException>(() => Network.TorchScript(path));
        Assert.Contains(expected, error.Message);
        Assert.Contains("damaged.pt", error.Message);
    }

    [TestMethod]
    public void EveryFlippedByteIsRefusedOrHarmless()
    {
        byte[] bytes = File.ReadAllBytes(Script("traced.pt"));
        string path = Path.Combine(Folder, "flipped.pt");
        var random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 200; i++)
        {
            byte[] changed = [.. bytes];
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, changed);
            try
            {
                Network.TorchScript(path);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        // What is left are the padding between entries and fields of their headers that nobody reads.
        Assert.IsGreaterThan(60, refused);
    }

    [TestMethod]
    public void AnExchangedScriptIsRefusedBeforeLibtorchSeesIt()
    {
        string path = Saved(Own(Fit()));
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update))
        {
            ZipArchiveEntry entry = zip.Entries.Single(entry => entry.FullName.EndsWith(".torchscript", StringComparison.Ordinal));
            string name = entry.FullName;
            entry.Delete();
            using Stream stream = zip.CreateEntry(name).Open();
            stream.Write(File.ReadAllBytes(Script("traced.pt")));
        }

        _ml.Fuse().AllowTorchScript = true;
        Assert.Contains("is damaged or was exchanged", Loading.Refused<InvalidDataException>(_ml, path).Message);
    }

    private static string Script(string file) => Path.Combine(Repository.Tests, "Models", "Data", file);

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];

    // A byte of the largest entry's data: the code of torch.nn.functional, or the weights.
    private static int FindCode(byte[] bytes)
    {
        using var zip = new ZipArchive(new MemoryStream(bytes));
        ZipArchiveEntry largest = zip.Entries.MaxBy(entry => entry.CompressedLength)!;
        return bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(largest.FullName)) + largest.FullName.Length + 100 + (int)(largest.CompressedLength / 2);
    }

    private static FuseTransformer Fit(FuseTrainer.TrainingOptions? options = null, Network? network = null) =>
        Learning.Classify(options: options, network: network ?? Network.TorchScript(Script("classifier.pt")));

    private string Saved(FuseTransformer model)
    {
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, Samples.Keyed(_ml, 3).Schema, path);
        return path;
    }

    /// <summary>Is a loss with a network of its own.</summary>
    public sealed record Perceptual(Network Network) : LossBase
    {
        protected override LossTerms Compute(BatchDict batch) => new(batch["model.output"]);
    }
}
