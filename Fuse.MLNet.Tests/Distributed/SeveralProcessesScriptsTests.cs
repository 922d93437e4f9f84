using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Runs the scripts of the page about several processes, in one.</summary>
[TestClass]
public sealed class SeveralProcessesScriptsTests : ScriptTest
{
    [TestMethod]
    public void TrainAndSave()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = Samples.Keyed(ml, 60);
        var pipeline = Learning.Classifier(ml);
        ITransformer model = pipeline.Fit(train);
        if (ml.Fuse().Rank == 0)
            ml.Model.Save(model, train.Schema, "model.zip");
        Own(model);
        Assert.IsTrue(File.Exists("model.zip"));
        Assert.AreEqual(1, ml.Fuse().WorldSize);
    }

    [TestMethod]
    public void AloneLooksForNoLibrary()
    {
        var ml = new MLContext(seed: 1);
        Own(Learning.Classifier(ml).Fit(Samples.Keyed(ml, 60)));
        using Process process = Process.GetCurrentProcess();
        string[] libraries = [.. process.Modules.Cast<ProcessModule>().Select(module => module.ModuleName)];
        Assert.IsTrue(libraries.Any(name => name.Contains("torch", StringComparison.Ordinal)), "Libraries were not listed.");
        Assert.IsEmpty(libraries.Where(name => name.Contains("mpi", StringComparison.OrdinalIgnoreCase)));
    }

    [TestMethod]
    public void GoOn()
    {
        for (int run = 0; run < 2; run++)
        {
            var ml = new MLContext(seed: 1);
            FuseTransformer model = Own(ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), "Label",
                options: new() { MaxEpochs = 20, BatchSize = 64, ModelDirectory = "run", ResumeFrom = "last" }).Fit(Samples.Keyed(ml, 60)));
            Assert.HasCount(20, model.History.Epochs);
        }
    }

    [TestMethod]
    public void OwnFilesAndScores()
    {
        Directory.CreateDirectory("shards");
        for (int shard = 0; shard < 3; shard++)
            File.WriteAllLines($"shards/{shard}.csv", Enumerable.Range(0, 20).Select(row => $"{shard},{row},{shard + (2 * row)}").Prepend("Rooms,Area,Price"));
        var ml = new MLContext(seed: 1);
        string[] files = [.. Directory.GetFiles("shards", "*.csv").Order(StringComparer.Ordinal).Where((_, index) => index % ml.Fuse().WorldSize == ml.Fuse().Rank)];
        IDataView own = ml.Data.CreateTextLoader<House>(separatorChar: ',', hasHeader: true).Load(files);
        ITransformer model = ml.Fuse().Train(Network.Of<Prices>(), new TensorColumn("Features"), "Price",
            options: new() { MaxEpochs = 10, Sharding = ShardingMode.ByFile }).Fit(own);
        Own(model);
        Assert.HasCount(3, files);

        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 5).Select(id => new Asked { Id = id, Features = [id, 1] }));
        string part = ml.Fuse().ScoreToFiles(model, rows, "scores.csv", columnNames: ["Id", "Score"]);
        Assert.AreEqual("scores-00000-of-00001.csv", part);
        Assert.HasCount(6, File.ReadAllLines(part));
    }

    private sealed class House
    {
        [LoadColumn(0, 1)]
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        [LoadColumn(2)]
        public float Price { get; set; }
    }

    private sealed class Asked
    {
        public float Id { get; set; }

        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Prices : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _linear = nn.Linear(2, 1);

        public Prices()
            : base(nameof(Prices)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _linear.call(input);
    }
}
