using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Saves the histories of runs, and reads them again.</summary>
[TestClass]
public sealed class HistoryFileTests : LeakCheckedTest
{
    private const int ManyEpochs = 500;
    private const int ManyValues = 1000;
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void EpochsOfOtherNamesAndOddValuesComeBack()
    {
        double[] odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, 1e300];
        History history = SavedAndLoaded(odd.Length, (context, epoch) =>
        {
            context.Log("odd", odd[epoch]);
            if (epoch % 2 == 1)
                context.Log($"only.{epoch}", epoch);
        });
        CollectionAssert.AreEqual(odd, history["odd"].ToArray());
        Assert.AreEqual(3.0, history.Epochs[3]["only.3"]);
        Assert.IsFalse(history.Epochs[2].Values.Any(value => value.Name.StartsWith("only.", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void ALongHistoryIsNotTooMuch()
    {
        string[] names = [.. Enumerable.Range(0, ManyValues).Select(i => $"validation.metrics.of_class.{i}")];
        History history = SavedAndLoaded(ManyEpochs, (context, epoch) =>
        {
            for (int i = 0; i < names.Length; i++)
                context.Log(names[i], (epoch + i) / 3.0);
        });
        Assert.AreEqual((ManyEpochs - 1 + 7) / 3.0, history.Epochs[^1][names[7]]);
    }

    [TestMethod]
    public void AHistoryOfTheFirstFormatComesBack()
    {
        string path = Path.Combine(Repository.Tests, "Compatibility", "0.1.0", "network_of.zip");
        FuseTransformer model = ((TransformerChain<ITransformer>)Own(_ml.Model.Load(path, out _))).OfType<FuseTransformer>().Single();
        JsonElement epochs = JsonDocument.Parse(Archives.Read(path, "model.json")).RootElement.GetProperty("history").GetProperty("epochs");
        Assert.AreNotEqual(0, epochs.GetArrayLength());
        Assert.HasCount(epochs.GetArrayLength(), model.History.Epochs);
        foreach ((JsonElement expected, EpochRecord actual) in epochs.EnumerateArray().Zip(model.History.Epochs))
        {
            Assert.AreEqual(expected.GetProperty("epoch").GetInt32(), actual.Epoch);
            CollectionAssert.AreEqual(expected.GetProperty("values").EnumerateArray().Select(value => (value.GetProperty("name").GetString(), value.GetProperty("value").GetDouble())).ToArray(),
                actual.Values.Select(value => (value.Name, value.Value)).ToArray());
        }
    }

    /// <summary>Trains, saves and loads, and resumes from the checkpoint at its end: the history is one all along.</summary>
    private History SavedAndLoaded(int epochs, Action<TrainingContext, int> log)
    {
        FuseTrainer.TrainingOptions Options(string? resumeFrom = null) => new()
        {
            MaxEpochs = epochs,
            BatchSize = 6,
            ModelDirectory = Folder,
            ResumeFrom = resumeFrom,
            Callbacks = { new LogAtBatch(log), new ModelCheckpoint { EveryEpochs = epochs, SaveLast = false, SaveBest = false } },
        };
        string path = Path.Combine(Folder, "model.zip");
        using FuseTransformer trained = Learning.Classify(rows: 6, options: Options());
        _ml.Model.Save(trained, Samples.Keyed(_ml, 3).Schema, path);
        using var loaded = (FuseTransformer)_ml.Model.Load(path, out _);
        using FuseTransformer resumed = Learning.Classify(rows: 6, options: Options(Path.Combine(Folder, $"epoch_{epochs}.ckpt")));
        Assert.AreEqual(trained.History, loaded.History);
        Assert.AreEqual(trained.History, resumed.History);
        return loaded.History;
    }

    private sealed class LogAtBatch(Action<TrainingContext, int> log) : Callback
    {
        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => log(context, context.History.Epochs.Count);
    }
}
