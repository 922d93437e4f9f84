namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class TensorBoardLoggerTests : LeakCheckedTest
{
    [TestMethod]
    public void TrainingAndValidationAreSubRunsOfEqualTags()
    {
        Run([5, 0.25], new());
        CollectionAssert.AreEqual(Twice("losses/loss", "losses/total_loss", 0, 0, 0, 0), Scalars("train"));
        CollectionAssert.AreEqual(Twice("losses/loss", "losses/total_loss", 5, 5, 0.25f, 0.25f), Scalars("validation"));
        CollectionAssert.AreEqual(new (string, long, float)[] { ("learning_rate", 0, 0.5f), ("learning_rate", 1, 0.5f) }, Scalars(""));
    }

    [TestMethod]
    public void TimesAreThoseOfNow()
    {
        Run([5], new());
        double now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string file = Directory.GetFiles(Path.Combine(Folder, "tensorboard", "train")).Single();
        foreach (Tensorboard.Event value in EventFile.Events(file).Where(value => value.Summary is not null))
            Assert.AreEqual(now, value.WallTime, 300);
    }

    [TestMethod]
    [DataRow("last")]
    [DataRow("best")]
    public void ResumedRunHasEachEpochOnce(string from)
    {
        double[] sequence = [5, 4, 6, 3];
        Run(sequence, new() { MaxEpochs = 3 });
        Run(sequence, new() { MaxEpochs = 4, ResumeFrom = from });
        (string, long, float)[] parts = Scalars("validation");
        Run(sequence, new());
        CollectionAssert.AreEqual(Scalars("validation"), parts);
        Assert.HasCount(8, parts);
    }

    [TestMethod]
    public void NewRunRemovesItsOwnFilesOnly()
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "tensorboard", "other", "train")).FullName;
        string[] others = [Path.Combine(folder, "events.out.tfevents.1.x.fuse"), Path.Combine(Folder, "tensorboard", "events.out.tfevents.1.x")];
        foreach (string file in others)
            File.WriteAllText(file, "");
        Run([5, 4, 3], new());
        Run([2], new());
        Assert.HasCount(2, Scalars("validation"));
        Assert.IsTrue(others.All(File.Exists));
    }

    [TestMethod]
    [DataRow("train.losses.a", "train", "losses/a")]
    [DataRow("validation.metrics.auc.macro_avg", "validation", "metrics/auc.macro_avg")]
    [DataRow("validation.night.losses.total_loss", "validation.night", "losses/total_loss")]
    [DataRow("validation.a/b.losses.c", "validation.a_b", "losses/c")]
    [DataRow("train.own", "train", "own")]
    [DataRow("gradients.norm", "", "gradients/norm")]
    [DataRow("learning_rate", "", "learning_rate")]
    [DataRow("training.losses.a", "", "training/losses.a")]
    public void NamesAreSplitIntoRunAndTag(string name, string run, string tag) => Assert.AreEqual((run, tag), TensorBoardName.Split(name));

    [TestMethod]
    public void ItNeedsAFolder() =>
        Assert.Contains("TensorBoardLogger has no folder", Assert.ThrowsExactly<InvalidOperationException>(() => SequenceRun.Fit([1], new() { Callbacks = { new TensorBoardLogger() } })).Message);

    private static (string Tag, long Step, float Value)[] Twice(string first, string second, params float[] values) =>
        [(first, 0, values[0]), (second, 0, values[1]), (first, 1, values[2]), (second, 1, values[3])];

    private (string Tag, long Step, float Value)[] Scalars(string run) => EventFile.Scalars(Path.Combine(Folder, "tensorboard", run));

    private void Run(double[] sequence, FuseTrainer.TrainingOptions options)
    {
        options.ModelDirectory = Folder;
        options.Optimizer = Optimizers.SGD(0.5);
        options.Callbacks.Add(new LearningRateMonitor());
        options.Callbacks.Add(new TensorBoardLogger());
        Own(SequenceRun.Fit(sequence, options));
    }
}
