using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Fuse.MLNet.Tests;

/// <summary>Asks for devices, on machines that have none.</summary>
[TestClass]
public sealed class DeviceTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _warnings = [];

    public DeviceTests() => _ml.Log += (_, message) =>
    {
        if (message.Kind == ChannelMessageKind.Warning)
            _warnings.Add($"{message.Source}: {message.RawMessage}");
    };

    [TestMethod]
    [DataRow("Train", 0)]
    [DataRow("Train", 3)]
    [DataRow("Train", -1)]
    [DataRow("FuseNeuralNetwork", 0)]
    [DataRow("Load", 0)]
    [DataRow("Ensemble", 1)]
    public void GpuDeviceIdThatIsNotThereIsOneClearErrorOrFallsBackWithAWarning(string what, int id)
    {
        NeedsNoCuda();
        Func<IDisposable> use = Use(what);
        // Set after the trainer was made: each use asks anew.
        _ml.GpuDeviceId = id;
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => use().Dispose());
        string text = error.ToString();
        Assert.Contains($"GpuDeviceId = {id}", text);
        Assert.Contains("FallbackToCpu = true", text);
        Assert.IsEmpty(_warnings);

        _ml.FallbackToCpu = true;
        var model = (FuseTransformer)Own(use());
        Assert.HasCount(5, Learning.Scores(model.Transform(Samples.Keyed(_ml, 5))));
        Assert.HasCount(1, _warnings);
        Assert.Contains($"GpuDeviceId = {id}", _warnings[0]);
        Assert.Contains("The CPU is used instead", _warnings[0]);
        Assert.StartsWith(what is "Train" or "FuseNeuralNetwork" ? "FuseTrainer" : "FuseTransformer", _warnings[0]);
    }

    [TestMethod]
    public void DeviceOptionComesBeforeGpuDeviceId()
    {
        NeedsNoCuda();
        _ml.GpuDeviceId = 0;
        using FuseTransformer model = Learning.Classifier(_ml, new() { MaxEpochs = 1, Device = FuseDevice.Cpu }).Fit(Samples.Keyed(_ml, 12));
        Assert.IsEmpty(_warnings);
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Learning.Classifier(_ml, new() { Device = FuseDevice.Cuda(2) }).Fit(Samples.Keyed(_ml, 12)).Dispose());
        Assert.Contains("FuseDevice.Cuda(2)", error.Message);
        _ml.FallbackToCpu = true;
        using FuseTransformer fallenBack = Learning.Classifier(_ml, new() { MaxEpochs = 1, Device = FuseDevice.Cuda(2) }).Fit(Samples.Keyed(_ml, 12));
        Assert.Contains("FuseDevice.Cuda(2)", _warnings.Single());
        CollectionAssert.AreEqual(Learning.Weights(model.Network), Learning.Weights(fallenBack.Network));
    }

    [TestMethod]
    public void AppleGpuThatIsNotThereSaysSo()
    {
        if (mps_is_available())
            Assert.Inconclusive("This machine has Apple's GPU.");
        FuseTrainer trainer = Learning.Classifier(_ml, new() { MaxEpochs = 1, Device = FuseDevice.Mps });
        Assert.Contains("FuseDevice.Mps", Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(Samples.Keyed(_ml, 12)).Dispose()).Message);
        _ml.FallbackToCpu = true;
        trainer.Fit(Samples.Keyed(_ml, 12)).Dispose();
        Assert.Contains("FuseDevice.Mps", _warnings.Single());
    }

    [TestMethod]
    public void NegativeIndexIsRefused() => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => FuseDevice.Cuda(-1));

    private static void NeedsNoCuda()
    {
        if (cuda.is_available())
            Assert.Inconclusive("This machine has a CUDA device.");
    }

    private Func<IDisposable> Use(string what)
    {
        IDataView rows = Samples.Keyed(_ml, 12);
        switch (what)
        {
            case "Train":
                FuseTrainer trainer = Learning.Classifier(_ml);
                return () => trainer.Fit(rows);
            case "FuseNeuralNetwork":
                FuseTrainer network = _ml.MulticlassClassification.Trainers.FuseNeuralNetwork(maxEpochs: 1);
                return () => network.Fit(rows);
            case "Load":
                string path = Path.Combine(Folder, "model.zip");
                using (FuseTransformer model = Learning.Classify(rows: 12))
                    _ml.Model.Save(model, rows.Schema, path);
                return () => (IDisposable)_ml.Model.Load(path, out _);
            default:
                FuseTransformer member = Own(Learning.Classify(rows: 12));
                return () => _ml.Fuse().Ensemble([member]);
        }
    }
}
