using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;

namespace Fuse.MLNet.Tests;

/// <summary>Chooses GPUs, and takes models that were trained on one through what ML.NET does with models.</summary>
[TestClass]
public sealed class CudaTests : CudaTest
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _warnings = [];

    public CudaTests() => _ml.Log += (_, message) =>
    {
        if (message.Kind == ChannelMessageKind.Warning)
            _warnings.Add(message.RawMessage);
    };

    [TestMethod]
    [DataRow("auto")]
    [DataRow("option")]
    [DataRow("context")]
    public void ThereIsAGpuToChoose(string how)
    {
        if (how == "context")
            _ml.GpuDeviceId = 0;
        IsOnGpu(Own(Learning.Classifier(_ml, new() { MaxEpochs = 1, Device = how == "option" ? FuseDevice.Cuda() : FuseDevice.Auto }).Fit(Samples.Keyed(_ml, 12))).Network);
        using FuseTransformer host = Learning.Classifier(_ml, new() { MaxEpochs = 1, Device = FuseDevice.Cpu }).Fit(Samples.Keyed(_ml, 12));
        Assert.IsTrue(host.Network.parameters().All(parameter => parameter.device_type == DeviceType.CPU));
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void AGpuBeyondThoseThereAreIsAnErrorOrTheCpu(bool isOption)
    {
        int index = cuda.device_count();
        FuseTrainer trainer = Learning.Classifier(_ml, new() { MaxEpochs = 1, Device = isOption ? FuseDevice.Cuda(index) : FuseDevice.Auto });
        if (!isOption)
            _ml.GpuDeviceId = index;
        string message = Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(Samples.Keyed(_ml, 12)).Dispose()).Message;
        Assert.Contains(isOption ? $"FuseDevice.Cuda({index})" : $"GpuDeviceId = {index}", message);
        Assert.Contains($"libtorch sees {index}, numbered from 0", message);
        _ml.FallbackToCpu = true;
        FuseTransformer model = Own(trainer.Fit(Samples.Keyed(_ml, 12)));
        Assert.IsTrue(model.Network.parameters().All(parameter => parameter.device_type == DeviceType.CPU));
        Assert.Contains("The CPU is used instead", _warnings.Single());
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void AModelFileIsOfNoDevice(bool isFromGpu)
    {
        IDataView rows = Samples.Keyed(_ml, 30);
        FuseTransformer model = Own(Learning.Classifier(_ml, new() { MaxEpochs = 2, Device = isFromGpu ? FuseDevice.Cuda() : FuseDevice.Cpu }, Network.Of<NormalizedClassifier>()).Fit(rows));
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, rows.Schema, path);
        // A GPU that is not there stands for a machine without any.
        var other = new MLContext { GpuDeviceId = isFromGpu ? cuda.device_count() : 0, FallbackToCpu = true };
        var loaded = (FuseTransformer)Own(other.Model.Load(path, out _));
        Assert.IsTrue(loaded.Network.parameters().All(parameter => parameter.device_type == (isFromGpu ? DeviceType.CPU : DeviceType.CUDA)));
        CollectionAssert.AreEqual(Learning.Weights(model.Network), Learning.Weights(loaded.Network));
        Learning.AreEqual(Learning.Scores(model.Transform(rows)), Learning.Scores(loaded.Transform(rows)), 1e-5f);
    }

    [TestMethod]
    public void ScoresOfViewsAndSingleRowsAreEqual()
    {
        FuseTransformer model = Own(Learning.Classify(options: new() { MaxEpochs = 3, BatchSize = 16 }));
        float[][] scores = Learning.Scores(model.Transform(Samples.Keyed(_ml, 20)));
        using PredictionEngine<Sample, Scored> engine = _ml.Model.CreatePredictionEngine<Sample, Scored>(model, new PredictionEngineOptions { OwnsTransformer = false });
        Learning.AreEqual(scores, [.. Samples.Blobs(20).Select(row => engine.Predict(row).Score)], 1e-6f);
        CollectionAssert.AreEqual(scores.SelectMany(row => row).ToArray(), Learning.Scores(model.Transform(Samples.Keyed(_ml, 20))).SelectMany(row => row).ToArray());
    }

    [TestMethod]
    public void EvaluationsAndImportancesRepeat()
    {
        FuseTransformer model = Own(Learning.Classify(options: new() { MaxEpochs = 5, BatchSize = 16, Optimizer = Optimizers.Adam(0.05) }));
        IDataView rows = Samples.Keyed(_ml, 30);
        Assert.AreEqual(_ml.Fuse().Evaluate(model, rows).Values, _ml.Fuse().Evaluate(model, rows).Values);
        Assert.AreEqual(
            _ml.Fuse().PermutationFeatureImportance(model, rows)["Features"].Values[0].Mean,
            _ml.Fuse().PermutationFeatureImportance(model, rows)["Features"].Values[0].Mean);
        Assert.IsGreaterThan(0.9, _ml.MulticlassClassification.Evaluate(model.Transform(rows)).MicroAccuracy);
    }

    [TestMethod]
    public void AnEnsembleScoresTheMeanOfItsMembers()
    {
        FuseTransformer[] members = [.. Enumerable.Range(1, 3).Select(seed => Own(Learning.Classify(seed)))];
        FuseTransformer ensemble = Own(_ml.Fuse().Ensemble(members));
        IsOnGpu(ensemble.Network);
        IDataView rows = Samples.Keyed(_ml, 12);
        float[][][] scores = [.. members.Select(member => Learning.Scores(member.Transform(rows)))];
        Learning.AreEqual([.. Enumerable.Range(0, 12).Select(row => Enumerable.Range(0, 3).Select(c => scores.Average(member => member[row][c])).ToArray())], Learning.Scores(ensemble.Transform(rows)), 1e-6f);
    }

    [TestMethod]
    public void BatchNormalizationsFoldAlsoWhereConvolutionsRound()
    {
        IDataView rows = Scan.Rows(_ml, 30);
        Network network = Network.Of(() => nn.Sequential(nn.Conv2d(1, 32, 3), nn.BatchNorm2d(32), nn.ReLU(), nn.Conv2d(32, 32, 3), nn.BatchNorm2d(32), nn.ReLU(), nn.Flatten(), nn.Linear(128, 3)));
        FuseTransformer model = Own(_ml.Fuse().Train(network, new("Left", [1, 6, 6]), "Label", options: new() { MaxEpochs = 2 }).Fit(rows));
        bool isAllowed = backends.cudnn.allow_tf32;
        backends.cudnn.allow_tf32 = true;
        try
        {
            var folded = (FuseTransformer)Own(_ml.Fuse().FoldBatchNorm(model, rows));
            IsOnGpu(folded.Network);
            Learning.AreEqual(Learning.Scores(model.Transform(rows)), Learning.Scores(folded.Transform(rows)), 0.01f);
        }
        finally
        {
            backends.cudnn.allow_tf32 = isAllowed;
        }
    }

    [TestMethod]
    public void TheOnnxFileGivesTheScores()
    {
        IDataView rows = Scan.Rows(_ml, 12);
        FuseTransformer model = Own(_ml.Fuse().Train(Network.Of<TinyConvolution>(), new("Left", [1, 6, 6]) { Standardize = true }, "Label", options: new() { MaxEpochs = 2 }).Fit(rows));
        byte[] file = OnnxRun.Export(_ml, model, rows);
        using var session = new InferenceSession(file);
        Learning.AreEqual(Learning.Scores(model.Transform(rows)), OnnxRun.Score(session, rows, 12)["Score"], 0.01f);
    }

    [TestMethod]
    public void ATorchScriptTrainsAndTravels()
    {
        Network script = Network.TorchScript(Path.Combine(Repository.Tests, "Models", "Data", "classifier.pt"));
        FuseTransformer Fit(FuseDevice device) => Own(Learning.Classifier(_ml, new() { MaxEpochs = 4, BatchSize = 16, Optimizer = Optimizers.SGD(0.1), Device = device }, script).Fit(Samples.Keyed(_ml, 60)));
        FuseTransformer device = Fit(FuseDevice.Cuda());
        IsOnGpu(device.Network);
        double[] losses = [.. device.History["train.losses.total_loss"]];
        Assert.IsLessThan(losses[0], losses[^1]);
        using (Tensor batches = device.Network.get_buffer("batches")!.cpu())
            Assert.AreEqual(16f, batches.item<float>());
        IDataView rows = Samples.Keyed(_ml, 9);
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(device, rows.Schema, path);
        var other = new MLContext { GpuDeviceId = cuda.device_count(), FallbackToCpu = true };
        other.Fuse().AllowTorchScript = true;
        Learning.AreEqual(Learning.Scores(device.Transform(rows)), Learning.Scores(Own(other.Model.Load(path, out _)).Transform(rows)), 1e-5f);
        using nn.Module copy = device.CreateModule();
        CollectionAssert.AreEqual(Learning.Weights(device.Network), Learning.Weights(copy));
        string tuned = Path.Combine(Folder, "tuned.pt");
        ((TorchScriptModule)device.Network).Save(tuned);
        using nn.Module again = Network.TorchScript(tuned).Build();
        CollectionAssert.AreEqual(Learning.Weights(device.Network), Learning.Weights(again));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void BatchesAreTheCpus(bool isStreamed) => CollectionAssert.AreEqual(Sums(FuseDevice.Cpu, isStreamed), Sums(FuseDevice.Cuda(), isStreamed));

    private double[] Sums(FuseDevice device, bool isStreamed)
    {
        List<double> sums = [];
        Own(_ml.Fuse().Train(Network.Of<TinyConvolution>(), new("Left", [1, 6, 6]) { Mean = [0.25f], StandardDeviation = [0.5f] }, "Label", options: new()
        {
            MaxEpochs = 2,
            BatchSize = 8,
            Device = device,
            StagingBytes = isStreamed ? 0 : null,
            Optimizer = Optimizers.SGD(0),
            Callbacks = { new BatchSums(sums) },
        }).Fit(Scan.Rows(_ml, 30)));
        return [.. sums];
    }

    private sealed class BatchSums(List<double> sums) : Callback
    {
        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
        {
            foreach (string key in new[] { "data.input", "data.label" })
            {
                using Tensor value = batch[key].cpu();
                using Tensor sum = value.to(ScalarType.Float64).sum();
                sums.Add(sum.item<double>());
            }
        }
    }

    private sealed class Scored
    {
        public float[] Score { get; set; } = [];
    }
}
