using System.Globalization;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class CsvLoggerTests : LeakCheckedTest
{
    [TestMethod]
    public void EachEpochIsARowAndANewNameANewColumn()
    {
        // 1/3 has no short decimal form: it must come back with all its bits.
        FuseTransformer model = Sequence([5, 1.0 / 3, double.NaN], new() { Callbacks = { new CsvLogger(), new LogIn("later, \"b\"", 1) } });
        string[] lines = File.ReadAllLines(Path.Combine(Folder, "metrics.csv"));
        Assert.AreEqual("epoch,train.losses.loss,train.losses.total_loss,validation.losses.loss,validation.losses.total_loss,\"later, \"\"b\"\"\"", lines[0]);
        Assert.AreEqual("0,0,0,5,5,", lines[1]);
        Assert.AreEqual("2,0,0,NaN,NaN,", lines[3]);
        Assert.HasCount(4, lines);
        string[] second = lines[2].Split(',');
        Assert.AreEqual(model.History["validation.losses.loss"][1], double.Parse(second[3], CultureInfo.InvariantCulture));
        Assert.AreEqual("1.5", second[5]);
    }

    [TestMethod]
    [DataRow("last", -1L, 2, DisplayName = "after a whole epoch")]
    [DataRow("last", 7L, -1, DisplayName = "within an epoch")]
    [DataRow("best", -1L, 2, DisplayName = "from an epoch before the last")]
    public void ResumedRunHasEachEpochAndStepOnce(string from, long step, int epochs)
    {
        Train("whole", new());
        using var cancellation = new CancellationTokenSource();
        Train("parts", new() { CancellationToken = cancellation.Token, Callbacks = { new CancelAt(cancellation.Cancel, step, epochs) } });
        if (from == "best")
            // What was written after the best epoch is dropped, also a row that was cut off.
            File.AppendAllText(Path.Combine(Folder, "parts", "metrics_steps.csv"), "999,3,0.5\n4,1");
        Train("parts", new() { ResumeFrom = from });
        foreach (string file in new[] { "metrics.csv", "metrics_steps.csv" })
            Assert.AreEqual(File.ReadAllText(Path.Combine(Folder, "whole", file)), File.ReadAllText(Path.Combine(Folder, "parts", file)), file);
    }

    [TestMethod]
    public void NewRunStartsAnew()
    {
        Sequence([5, 4], new() { Callbacks = { new CsvLogger { EverySteps = 1 } } });
        Sequence([3], new() { Callbacks = { new CsvLogger { EverySteps = 1 } } });
        Assert.HasCount(2, File.ReadAllLines(Path.Combine(Folder, "metrics.csv")));
        Assert.HasCount(2, File.ReadAllLines(Path.Combine(Folder, "metrics_steps.csv")));
    }

    [TestMethod]
    public void StepsHaveRowsOfTheirOwn()
    {
        Sequence([5, 4, 3, 2, 1], new() { Callbacks = { new LogIn("rate", 2, 3), new CsvLogger { Path = Path.Combine(Folder, "sub", "a.csv"), EverySteps = 2 } } });
        // Steps 2 and 4 of epochs 1 and 3; the second value appears in step 4. The loss is a sum times 0.
        CollectionAssert.AreEqual(new[] { "step,epoch,train.losses.loss,rate", "2,1,0,", "4,3,0,3.5" }, File.ReadAllLines(Path.Combine(Folder, "sub", "a_steps.csv")).Select(line => line.Replace(",-0,", ",0,", StringComparison.Ordinal)).ToArray());
        Assert.HasCount(6, File.ReadAllLines(Path.Combine(Folder, "sub", "a.csv")));
    }

    [TestMethod]
    public void RowsOfStepsAreWrittenBeforeACheckpoint()
    {
        var seen = new List<int>();
        var reader = new HookRecorder { Called = call => { if (call == "save state") seen.Add(File.ReadAllLines(Path.Combine(Folder, "metrics_steps.csv")).Length); } };
        Sequence([5, 4], new() { Callbacks = { new CsvLogger { EverySteps = 1 }, reader, new ModelCheckpoint { EverySteps = 1, SaveBest = false } } });
        // In each epoch once within it and once at its end.
        CollectionAssert.AreEqual(new[] { 2, 2, 3, 3 }, seen);
    }

    [TestMethod]
    [DataRow("a,b,c", new[] { "a", "b", "c" })]
    [DataRow("\"a,b\",\"c\"\"d\",", new[] { "a,b", "c\"d", "" })]
    public void LinesReadBack(string line, string[] fields)
    {
        CollectionAssert.AreEqual(fields, CsvText.Fields(line).ToArray());
        CollectionAssert.AreEqual(fields, CsvText.Fields(CsvText.Line(fields)).ToArray());
    }

    [TestMethod]
    public void ItNeedsAFileAndAWholeNumberOfSteps()
    {
        Assert.Contains("CsvLogger has no folder: set its Path", Assert.ThrowsExactly<InvalidOperationException>(() => SequenceRun.Fit([1], new() { Callbacks = { new CsvLogger() } })).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new CsvLogger { EverySteps = 0 });
    }

    private FuseTransformer Sequence(double[] sequence, FuseTrainer.TrainingOptions options)
    {
        options.ModelDirectory = Folder;
        return Own(SequenceRun.Fit(sequence, options));
    }

    private void Train(string folder, FuseTrainer.TrainingOptions options)
    {
        options.MaxEpochs = 4;
        options.BatchSize = 16;
        options.ValidationFraction = 0.2;
        options.ModelDirectory = Path.Combine(Folder, folder);
        options.Callbacks.Insert(0, new LogIn("some", 0, 1, 3));
        options.Callbacks.Insert(1, new CsvLogger { EverySteps = 1 });
        Own(Learning.Classify(rows: 60, options: options));
    }
}
