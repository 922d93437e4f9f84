using Microsoft.ML;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class ModelEpochSummaryTests : LeakCheckedTest
{
    private const string Total = "validation.losses.total_loss";

    [TestMethod]
    public void EachEpochIsATableBesideTheBestOne()
    {
        Run([5, 4, 4.5], new() { Callbacks = { new LogIn("extra", 1) } });
        string line = new('-', 94);
        string Row(params string[] cells) => string.Concat(cells.Select(cell => "| " + cell.PadRight(29))) + "|";
        string Table(string best, string current, string bestLoss, string loss, string? bestExtra, string? extra) => string.Join('\n',
        [
            line, Row("name", $"Best Epoch ({best})", $"Current Epoch ({current})"), line,
            .. bestExtra is null ? Array.Empty<string>() : [Row("extra", bestExtra, extra!)],
            Row("train.losses.loss", "0.0000", "0.0000"), Row("train.losses.total_loss", "0.0000", "0.0000"),
            Row("validation.losses.loss", bestLoss, loss), Row(Total, bestLoss, loss), line,
        ]);
        Assert.AreEqual(string.Join('\n',
            $"Stats for epoch: 0 (Currently the best epoch for source {Total}!)", Table("0", "0", "5.0000", "5.0000", null, null), "",
            $"Stats for epoch: 1 (Currently the best epoch for source {Total}!)", Table("1", "1", "4.0000", "4.0000", "1.5000", "1.5000"), "",
            $"Stats for epoch: 2 (Best epoch is 1 for source {Total})", Table("1", "2", "4.0000", "4.5000", "1.5000", "N/A"), "", ""), Text());
    }

    [TestMethod]
    [DataRow("NaN NaN", "No epoch is the best yet; No epoch is the best yet")]
    [DataRow("NaN 3 NaN", "No epoch is the best yet; Currently the best epoch; Best epoch is 1")]
    [DataRow("3 3", "Currently the best epoch; Best epoch is 0")]
    public void TheBestEpochFollowsTheMonitor(string values, string expected)
    {
        Run([.. values.Split(' ').Select(value => double.Parse(value, System.Globalization.CultureInfo.InvariantCulture))], new());
        Assert.AreEqual(expected, string.Join("; ", Text().Split('\n').Where(line => line.StartsWith("Stats", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf('(', StringComparison.Ordinal) + 1)..line.IndexOf(" for source", StringComparison.Ordinal)])));
    }

    [TestMethod]
    public void WithoutABestEpochItsValuesAreMissing()
    {
        Run([double.NaN], new());
        Assert.Contains("Best Epoch (none)", Text());
        Assert.Contains($"| {Total,-28} | {"N/A",-28} | {"NaN",-28} |", Text());
    }

    [TestMethod]
    [DataRow("last")]
    [DataRow("best")]
    public void ResumedRunHasEachEpochOnce(string from)
    {
        double[] sequence = [5, 4, 6, 3];
        Run(sequence, new());
        string whole = Text();
        // The best of the first three epochs is before the last of them.
        Run(sequence, new() { MaxEpochs = 3 });
        Run(sequence, new() { MaxEpochs = 4, ResumeFrom = from });
        Assert.AreEqual(whole, Text());
    }

    [TestMethod]
    public void EachMonitorHasAFile()
    {
        Run([5, 4], new() { BestEpochSource = [new(Total), new("a/b", MonitorMode.Max)], Callbacks = { new LogIn("a/b", 0, 1) } });
        CollectionAssert.AreEquivalent(new[] { $"epoch_summary_{Total}.txt", "epoch_summary_a_b.txt" },
            Directory.GetFiles(Folder, "*.txt").Select(Path.GetFileName).ToArray());
        Assert.Contains("for source a/b!", File.ReadAllText(Path.Combine(Folder, "epoch_summary_a_b.txt")));
    }

    [TestMethod]
    public void ItGoesToAnotherFolderAndToTheLogWhenAsked()
    {
        var ml = new MLContext(seed: 1);
        var log = new LogRecorder(ml);
        string folder = Path.Combine(Folder, "elsewhere");
        Own(SequenceRun.Fit([5, 4], new() { Callbacks = { new ModelEpochSummary { Directory = folder, WritesToLog = true } } }, ml));
        Assert.Contains($"Info: Stats for epoch: 1 (Currently the best epoch for source {Total}!)", log.Text);
        Assert.HasCount(1, Directory.GetFiles(folder));
    }

    [TestMethod]
    public void WithoutAMonitorThereIsNoFile()
    {
        Own(Learning.Classify(rows: 12, options: new() { MaxEpochs = 1, ModelDirectory = Folder }));
        CollectionAssert.AreEqual(new[] { "last.ckpt" }, Directory.GetFiles(Folder).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    public void ItNeedsAFolder()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => SequenceRun.Fit([1], new() { Callbacks = { new ModelEpochSummary() } }));
        Assert.Contains("ModelEpochSummary has no folder: set its Directory, or ModelDirectory", error.Message);
    }

    private string Text() => File.ReadAllText(Path.Combine(Folder, $"epoch_summary_{Total}.txt"));

    private void Run(double[] sequence, FuseTrainer.TrainingOptions options)
    {
        options.ModelDirectory = Folder;
        Own(SequenceRun.Fit(sequence, options));
    }
}
