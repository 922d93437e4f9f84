using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Writes where the disk is full or the folder read-only: one clear error, earlier files as they were, and the model usable.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class FullDiskTests : LeakCheckedTest
{
    private const long Bytes = 4096;
    private readonly MLContext _ml = new(seed: 7);

    [TestMethod]
    public void RunWhoseCheckpointDoesNotFitStopsAndResumesFromTheOneBefore()
    {
        IDataView rows = Samples.Keyed(_ml, 32);
        FuseTransformer whole = Own(Learning.Classifier(_ml, Options("whole"), Large).Fit(rows));
        FuseTrainer.TrainingOptions first = Options("parts");
        FileSizeLimit? full = null;
        first.Callbacks.Add(new HookRecorder { Called = call => full ??= call == "epoch start 1" ? new FileSizeLimit(Bytes) : null });
        IOException error;
        try
        {
            error = Assert.ThrowsExactly<IOException>(() => Learning.Classifier(_ml, first, Large).Fit(rows));
        }
        finally
        {
            full?.Dispose();
        }
        string path = Path.Combine(Folder, "parts", "last.ckpt");
        Assert.IsNotNull(full);
        Assert.Contains($"The checkpoint '{path}' cannot be written", error.Message);
        Assert.IsTrue(MLNetErrors.IsMarked(error));
        Assert.IsEmpty(Directory.GetFiles(Path.Combine(Folder, "parts"), "*.tmp"));
        FuseTrainer.TrainingOptions resumed = Options("parts");
        resumed.ResumeFrom = "last";
        FuseTransformer parts = Own(Learning.Classifier(_ml, resumed, Large).Fit(rows));
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
    }

    [TestMethod]
    [DataRow("Save")]
    [DataRow("SaveWeights")]
    public void ModelThatCannotBeWrittenGoesOnScoring(string how)
    {
        IDataView rows = Samples.Keyed(_ml, 12);
        FuseTransformer model = Own(Learning.Classify(rows: 12, network: Large));
        float[][] scores = Learning.Scores(model.Transform(rows));
        string path = Path.Combine(Folder, "model.file");
        void Write()
        {
            if (how == "Save")
                _ml.Model.Save(model, rows.Schema, path);
            else
                model.SaveWeights(path);
        }
        Write();
        byte[] before = File.ReadAllBytes(path);
        using (new FileSizeLimit(Bytes))
        {
            Exception error = Assert.Throws<Exception>(Write);
            Assert.IsTrue(error is IOException || how == "Save", error.ToString());
        }
        Assert.HasCount(1, Directory.GetFiles(Folder));
        // ML.NET opens the model file itself, and writes over it.
        if (how == "SaveWeights")
            CollectionAssert.AreEqual(before, File.ReadAllBytes(path));
        else
            Assert.Throws<Exception>(() => _ml.Model.Load(path, out _));
        Learning.AreEqual(scores, Learning.Scores(model.Transform(rows)));
        Write();
        Assert.HasCount(before.Length, File.ReadAllBytes(path));
    }

    [TestMethod]
    public void ModelWrittenToAFullDeviceSaysSo()
    {
        IDataView rows = Samples.Keyed(_ml, 12);
        FuseTransformer model = Own(Learning.Classify(rows: 12));
        Assert.Throws<IOException>(() =>
        {
            using FileStream full = File.OpenWrite("/dev/full");
            _ml.Model.Save(model, rows.Schema, full);
        });
        Assert.HasCount(12, Learning.Scores(model.Transform(rows)));
    }

    [TestMethod]
    [DataRow("/sys/fuse-mlnet-test")]
    [DataRow("/dev/null/run")]
    public void FolderThatCannotBeWrittenIsNamedBeforeTraining(string folder)
    {
        var recorder = new HookRecorder();
        FuseTrainer.TrainingOptions options = new() { MaxEpochs = 1, BatchSize = 8, ModelDirectory = folder, Callbacks = { recorder } };
        IOException error = Assert.ThrowsExactly<IOException>(() => Learning.Classify(rows: 12, options: options));
        Assert.Contains($"cannot write into the folder '{folder}'", error.Message);
        Assert.IsTrue(MLNetErrors.IsMarked(error));
        Assert.DoesNotContain("batch start 0", recorder.Calls);
        Assert.HasCount(12, Learning.Scores(Own(Learning.Classify(rows: 12)).Transform(Samples.Keyed(_ml, 12))));
    }

    /// <summary>Gets a network whose weights alone are larger than what fits.</summary>
    private static Network Large => Network.Of<WideClassifier>();

    private FuseTrainer.TrainingOptions Options(string folder) => new()
    {
        MaxEpochs = 3,
        BatchSize = 8,
        ModelDirectory = Path.Combine(Folder, folder),
    };
}
