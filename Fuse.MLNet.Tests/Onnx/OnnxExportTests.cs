using System.Runtime.InteropServices;
using Fuse.MLNet.Examples.Digits;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Fuse.MLNet.Tests;

/// <summary>Exports trained pipelines.</summary>
[TestClass]
public sealed class OnnxExportTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void LeNetIsScoredByAProgramWithoutTorchSharp()
    {
        IDataView rows = Digits(9);
        FuseTransformer model = Own(_ml.Fuse().Train(Network.Of<LeNet>(), new("Pixels", [1, 28, 28]), "Label", Loss.Of((p, t) => nn.functional.nll_loss(p, t), Activation.Exp), new() { MaxEpochs = 1, BatchSize = 9 }).Fit(rows));
        string[] files = ["model.onnx", "rows.idv", "scores.bin"];
        files = [.. files.Select(name => Path.Combine(Folder, name))];
        _ml.Fuse().ExportOnnx(model, rows, files[0]);
        using (FileStream stream = File.Create(files[1]))
            _ml.Data.SaveAsBinary(rows, stream);

        (int exit, string output, string errors) = ProgramRun.Start("OnnxScorer", [.. files, "Pixels"]);
        Assert.AreEqual(0, exit, output + errors);
        float[] given = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(files[2])).ToArray();
        IDataView scored = model.Transform(rows);
        float[][] expected = [.. OnnxRun.Column(scored, "Score").Zip(OnnxRun.Column(scored, "PredictedLabel"), (scores, key) => (float[])[.. scores, .. key])];
        Learning.AreEqual(expected, [.. given.Chunk(11)], 1e-5f);
    }

    [TestMethod]
    public void NormalizationLinkAndKeyAreInTheGraph()
    {
        IDataView rows = Samples.Keyed(_ml, 30);
        FuseTransformer model = Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(2, 3), new("Features") { Standardize = true }, "Label", options: new() { MaxEpochs = 4, BatchSize = 8 }).Fit(rows));
        byte[] file = OnnxRun.Export(_ml, model, rows);
        OnnxRun.IsEqual(_ml, file, model, rows, [1, 30]);
        using var session = new InferenceSession(file);
        Assert.AreEqual("Features", string.Join(", ", session.InputMetadata.Keys));
        CollectionAssert.AreEqual(new[] { "N", "" }, session.InputMetadata["Features"].SymbolicDimensions);
        CollectionAssert.AreEqual(new[] { -1, 1 }, session.OutputMetadata["PredictedLabel"].Dimensions);
        Assert.IsGreaterThan(1, OnnxRun.Score(session, rows, 30)["PredictedLabel"].Select(row => row[0]).Distinct().Count());
    }

    [TestMethod]
    public void AMissingFeatureIsAMissingKey()
    {
        FuseTransformer model = Own(Learning.Classify());
        IDataView rows = Samples.Keyed(_ml, [new Sample { Features = [float.NaN, 1], Label = "a" }, new Sample { Features = [3, 1], Label = "a" }]);
        OnnxRun.IsEqual(_ml, OnnxRun.Export(_ml, model, Samples.Keyed(_ml, 6)), model, rows, [2]);
        Assert.AreEqual(0f, OnnxRun.Column(model.Transform(rows), "PredictedLabel")[0][0]);
    }

    [TestMethod]
    public void APipelineExportsItsNetwork()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Samples.Blobs(30));
        ITransformer model = Own(_ml.Transforms.Concatenate("Joined", "Features", "Id").Append(_ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(_ml.MulticlassClassification.Trainers.FuseNeuralNetwork(featureColumnName: "Joined", maxEpochs: 2))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(rows));
        byte[] file = OnnxRun.Export(_ml, model, rows);
        using var session = new InferenceSession(file);
        CollectionAssert.AreEqual(new[] { "Joined" }, session.InputMetadata.Keys.ToArray());
        IDataView scored = model.Transform(rows);
        Learning.AreEqual(Learning.Scores(scored), OnnxRun.Score(session, scored, 30)["Score"], 1e-5f);
    }

    [TestMethod]
    public void ANumberARowIsAnOutputToo()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Samples.Blobs(30));
        FuseTransformer model = Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new("Features"), "Target", options: new() { MaxEpochs = 2 }).Fit(rows));
        OnnxRun.IsEqual(_ml, OnnxRun.Export(_ml, model, rows), model, rows);
    }

    [TestMethod]
    [DataRow("Single")]
    [DataRow("Double")]
    [DataRow("Byte")]
    [DataRow("Boolean")]
    [DataRow("Int32")]
    [DataRow("UInt32")]
    [DataRow("Int64")]
    [DataRow("Key")]
    public void InputsHaveTheTypeOfTheirColumn(string column)
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 8).Select(i => new TypedRow
        {
            Single = i / 3f,
            Double = i / 7.0,
            Byte = (byte)(i * 30),
            Boolean = i % 2 == 0,
            Int32 = i - 4,
            UInt32 = (uint)i,
            Int64 = 10L * i,
            Key = (uint)i,
        }).ToArray());
        rows = _ml.Transforms.CopyColumns("A", column).Fit(rows).Transform(rows);
        FuseTransformer model = Own(Untrained.Model(Network.Of(() => new Refused(x => x.to(ScalarType.Float32).reshape(-1, 1) * 2)), [[]], [1]));
        OnnxRun.IsEqual(_ml, OnnxRun.Export(_ml, model, rows), model, rows, [1, 8]);
    }

    [TestMethod]
    public void AnEnsembleExportsItsMean()
    {
        FuseTransformer[] members = [Own(Learning.Classify(1)), Own(Learning.Classify(2))];
        FuseTransformer model = Own(_ml.Fuse().Ensemble(members));
        IDataView rows = Samples.Keyed(_ml, 12);
        OnnxRun.IsEqual(_ml, OnnxRun.Export(_ml, model, rows), model, rows);
    }

    [TestMethod]
    public void ALoadedModelExportsTheSameFile()
    {
        FuseTransformer model = Own(Learning.Classify());
        IDataView rows = Samples.Keyed(_ml, 12);
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, rows.Schema, path);
        CollectionAssert.AreEqual(OnnxRun.Export(_ml, model, rows), OnnxRun.Export(_ml, Own(_ml.Model.Load(path, out _)), rows));
    }

    [TestMethod]
    public void DataWithoutRowsWillDo()
    {
        FuseTransformer model = Own(Learning.Classify());
        IDataView rows = Samples.Keyed(_ml, 12);
        OnnxRun.IsEqual(_ml, OnnxRun.Export(_ml, model, _ml.Data.LoadFromEnumerable(Array.Empty<Sample>())), model, rows);
    }

    [TestMethod]
    public void AFileIsReplacedWholeOrNotAtAll()
    {
        string path = Path.Combine(Folder, "model.onnx");
        File.WriteAllText(path, "before");
        FuseTransformer bad = Own(Untrained.Model(Network.Of(() => new Refused(x => x.erfinv())), [[3]], [3]));
        Assert.Throws<NotSupportedException>(() => _ml.Fuse().ExportOnnx(bad, Untrained.Rows(_ml, 3, [[3]], [0]), path));
        Assert.AreEqual("before", File.ReadAllText(path));
        Assert.HasCount(1, Directory.GetFiles(Folder));
        FuseTransformer good = Own(Learning.Classify());
        _ml.Fuse().ExportOnnx(good, Samples.Keyed(_ml, 3), path);
        using var session = new InferenceSession(path);
        Assert.Contains("Score", session.OutputMetadata.Keys);
    }

    [TestMethod]
    public void ScoringGoesOnWhileAnotherThreadExports()
    {
        FuseTransformer model = Own(Learning.Classify());
        IDataView rows = Samples.Keyed(_ml, 40);
        float[][] expected = Learning.Scores(model.Transform(rows));
        byte[] alone = OnnxRun.Export(_ml, model, rows);
        var files = new List<byte[]>();
        bool isDone = false;
        OnOtherThreads(
            () =>
            {
                try
                {
                    for (int i = 0; i < 4; i++)
                        files.Add(OnnxRun.Export(_ml, model, rows));
                }
                finally
                {
                    Volatile.Write(ref isDone, true);
                }
            },
            () =>
            {
                while (!Volatile.Read(ref isDone))
                    Learning.AreEqual(expected, Learning.Scores(model.Transform(rows)));
            });
        foreach (byte[] file in files)
            CollectionAssert.AreEqual(alone, file);
    }

    [TestMethod]
    public void TrainingGoesOnWhileAnotherThreadExports()
    {
        FuseTransformer model = Own(Learning.Classify());
        IDataView rows = Samples.Keyed(_ml, 40);
        float[][] expected = Learning.Scores(Own(Learning.Classify(2)).Transform(rows));
        byte[] alone = OnnxRun.Export(_ml, model, rows);
        bool isDone = false;
        OnOtherThreads(
            () =>
            {
                try
                {
                    for (int i = 0; i < 4; i++)
                        CollectionAssert.AreEqual(alone, OnnxRun.Export(_ml, model, rows));
                }
                finally
                {
                    Volatile.Write(ref isDone, true);
                }
            },
            () =>
            {
                do
                {
                    using FuseTransformer trained = Learning.Classify(2);
                    Learning.AreEqual(expected, Learning.Scores(trained.Transform(rows)));
                }
                while (!Volatile.Read(ref isDone));
            });
    }

    [TestMethod]
    public void AnOperationMayLastFromOneExportToTheNext()
    {
        FuseTransformer model = Own(Learning.Classify());
        IDataView rows = Samples.Keyed(_ml, 4);
        byte[] alone = OnnxRun.Export(_ml, model, rows);
        bool isDone = false;
        OnOtherThreads(
            () =>
            {
                try
                {
                    for (int i = 0; i < 6; i++)
                        CollectionAssert.AreEqual(alone, OnnxRun.Export(_ml, model, rows));
                }
                finally
                {
                    Volatile.Write(ref isDone, true);
                }
            },
            () =>
            {
                using Tensor large = ones(600, 600);
                while (!Volatile.Read(ref isDone))
                    large.matmul(large).Dispose();
            });
    }

    /// <summary>Exports for a while beside everything else that libtorch does.</summary>
    [TestMethod]
    [TestCategory("Nightly")]
    public void ManyExportsStandBesideScoringTrainingAndLongOperations()
    {
        FuseTransformer model = Own(Learning.Classify());
        IDataView rows = Samples.Keyed(_ml, 4);
        byte[] alone = OnnxRun.Export(_ml, model, rows);
        bool isDone = false;
        void UntilDone(Action act)
        {
            while (!Volatile.Read(ref isDone))
                act();
        }
        OnOtherThreads(
            () =>
            {
                try
                {
                    // Other threads are waited for a minute.
                    for (long start = Environment.TickCount64; Environment.TickCount64 < start + 40_000;)
                        CollectionAssert.AreEqual(alone, OnnxRun.Export(_ml, model, rows));
                }
                finally
                {
                    Volatile.Write(ref isDone, true);
                }
            },
            () => UntilDone(() => Learning.Scores(model.Transform(rows))),
            () => UntilDone(() => Learning.Classify(2).Dispose()),
            () => UntilDone(() =>
            {
                using Tensor large = ones(600, 600);
                large.matmul(large).Dispose();
            }));
    }

    private IDataView Digits(int count)
    {
        var random = new Random(3);
        return _ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new Picture
        {
            Pixels = [.. Enumerable.Range(0, 784).Select(_ => random.NextSingle())],
            Label = (uint)(i % 10),
        }).ToArray());
    }

    private sealed class Picture
    {
        [VectorType(784)]
        public float[] Pixels { get; set; } = [];

        [KeyType(10)]
        public uint Label { get; set; }
    }
}
