using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Fuse.MLNet.Tests;

/// <summary>Tests what an <c>MLContext</c> gives to those who work in it: its log, its cancelling, its folder for temporary files.</summary>
[TestClass]
public sealed class ContextTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void EachEpochIsOneLineOfTheLog()
    {
        var messages = new List<LoggingEventArgs>();
        _ml.Log += (_, message) =>
        {
            if (message.Source == nameof(FuseTrainer) && message.Kind != ChannelMessageKind.Trace)
                messages.Add(message);
        };
        FuseTransformer model = Own(Learning.Classifier(_ml, new() { MaxEpochs = 3 }).Fit(Samples.Keyed(_ml, 20)));
        string[] epochs = [.. messages.Where(message => message.RawMessage.StartsWith("epoch ", StringComparison.Ordinal)).Select(message => message.RawMessage)];
        Assert.HasCount(3, epochs);
        Assert.IsTrue(messages.All(message => message.Kind == ChannelMessageKind.Info && message.Message.StartsWith("[Source=FuseTrainer", StringComparison.Ordinal)));
        for (int epoch = 0; epoch < 3; epoch++)
        {
            Assert.StartsWith($"epoch {epoch + 1}/3", epochs[epoch]);
            Assert.Contains("train.losses.total_loss", epochs[epoch]);
        }
        int before = messages.Count;
        Assert.HasCount(20, Learning.Scores(model.Transform(Samples.Keyed(_ml, 20))));
        Assert.HasCount(before, messages, "Scoring is quiet.");
    }

    [TestMethod]
    public void ALogHandlerThatThrowsEndsTrainingAndLeavesNothing()
    {
        int failures = 0;
        _ml.Log += (_, message) =>
        {
            if (message.Source == nameof(FuseTrainer) && message.RawMessage.StartsWith("epoch 2/", StringComparison.Ordinal) && failures++ == 0)
                throw new FormatException("the handler's own");
        };
        FuseTrainer trainer = Learning.Classifier(_ml, new() { MaxEpochs = 3 });
        Assert.AreEqual("the handler's own", Assert.ThrowsExactly<FormatException>(() => trainer.Fit(Samples.Keyed(_ml, 20))).Message);
        Assert.HasCount(3, Own(trainer.Fit(Samples.Keyed(_ml, 20))).History.Epochs);
    }

    [TestMethod]
    public void CancelledContextTrainsAndMeasuresNoMoreAndScoresOn()
    {
        IDataView rows = Samples.Keyed(_ml, 20);
        FuseTrainer trainer = Learning.Classifier(_ml);
        FuseTransformer model = Own(trainer.Fit(rows));
        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(_ml, null);
        foreach (Action use in new Action[]
        {
            () => trainer.Fit(rows).Dispose(),
            () => _ml.Fuse().Evaluate(model, rows),
            () => _ml.Fuse().PermutationFeatureImportance(model, rows),
            () => _ml.Fuse().FindLearningRate(trainer, rows),
        })
            Assert.Throws<OperationCanceledException>(use);
        // What is trained belongs to no context.
        Assert.HasCount(20, Learning.Scores(model.Transform(rows)));
        Assert.HasCount(1, Own(new MLContext(seed: 1).Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), "Label", options: new() { MaxEpochs = 1 }).Fit(rows)).History.Epochs);
    }

    [TestMethod]
    public void TemporaryFilesAreMadeWhereTheContextSays()
    {
        IDataView rows = Samples.Keyed(_ml, 12);
        FuseTransformer model = Own(Learning.Classifier(_ml).Fit(rows));
        string path = Path.Combine(Folder, "model.zip");
        string temporary = Directory.CreateDirectory(Path.Combine(Folder, "temporary")).FullName;
        _ml.TempFilePath = temporary;
        _ml.Model.Save(model, rows.Schema, path);
        float[][] expected = Learning.Scores(model.Transform(rows));
        Learning.AreEqual(expected, Learning.Scores(Own(_ml.Model.Load(path, out _)).Transform(rows)));
        Assert.IsEmpty(Directory.GetFileSystemEntries(temporary), "Nothing is left there.");

        // In a folder that cannot be, nothing can be made.
        File.WriteAllText(Path.Combine(Folder, "file"), "");
        _ml.TempFilePath = Path.Combine(Folder, "file");
        Assert.Throws<IOException>(() => _ml.Model.Save(model, rows.Schema, Path.Combine(Folder, "second.zip")));
        Assert.Throws<IOException>(() => _ml.Model.Load(path, out _));
        // Training, and files that the library writes itself, need none.
        model.SaveWeights(Path.Combine(Folder, "weights.safetensors"));
        Learning.Classifier(_ml, new() { MaxEpochs = 1, ModelDirectory = Path.Combine(Folder, "run") }).Fit(rows).Dispose();
    }
}
