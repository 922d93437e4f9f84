using System.Globalization;
using System.Xml.Linq;

namespace Fuse.MLNet.Tests;

/// <summary>Reads the page that the first of several processes writes: it shows the rows of all.</summary>
[TestClass]
public sealed class RankReportTests : RankRunTest
{
    private const int Size = 3;

    [TestMethod]
    public void ItIsThatOfOneProcessWithLargerBatches()
    {
        string[] alone = Run("alone", 1, options => options.BatchSize = BatchRows * Size);
        CollectionAssert.AreEqual(alone, Run("together", Size));
        Assert.IsTrue(alone.Any(text => text.StartsWith("true ", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void RowsOfEachProcesssOwnAreNamedByIt()
    {
        RankRow[][] rows = [RankCase.Data(60), RankCase.Data(100), RankCase.Data(41)];
        string[] page = Run("files", Size, options =>
        {
            options.Sharding = ShardingMode.ByFile;
            options.Callbacks[^1] = new TrainingReport { HardestRows = 100 };
        }, rank => rows[rank]);
        int count = 0;
        for (int rank = 0; rank < Size; rank++)
        {
            int[] numbers = [.. page.Where(text => text.EndsWith($" of process {rank}", StringComparison.Ordinal)).Select(text => int.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture)).Order()];
            CollectionAssert.AreEqual(Enumerable.Range(0, numbers.Length).ToArray(), numbers);
            Assert.IsGreaterThan(0, numbers.Length);
            count += numbers.Length;
        }

        Assert.StartsWith($"{count} validation rows", page[0]);
    }

    [TestMethod]
    public void OneThatOnlyTheFirstHasShowsItsOwn()
    {
        RankOutcome[] outcomes = Fit(Size, (options, rank) =>
        {
            Prepare(options, "one");
            if (rank > 0)
                options.Callbacks.Clear();
        });
        Assert.Contains("the page shows the predictions of the first process only", outcomes[0].Messages);
        Assert.Contains("25 validation rows with a label", string.Join('\n', Page("one")));
    }

    [TestMethod]
    public void AResumedRunGoesOnWithIt()
    {
        string[] whole = Run("whole", Size);
        Run("parts", Size, options => options.MaxEpochs = 2);
        // The epochs of the whole run, and not what was kept of the first part.
        CollectionAssert.AreEqual(whole, Run("parts", Size, options => options.ResumeFrom = "last"));
    }

    private string[] Run(string folder, int size, Action<FuseTrainer.Options>? change = null, Func<int, RankRow[]>? rows = null)
    {
        RankOutcome[] outcomes = Fit(size, (options, _) =>
        {
            Prepare(options, folder);
            change?.Invoke(options);
        }, rows: rows);
        Assert.IsTrue(outcomes.All(outcome => outcome.Error is null), outcomes[0].Error?.Message);
        return Page(folder);
    }

    // Without dropout, whose draws are each process's own.
    private void Prepare(FuseTrainer.Options options, string folder)
    {
        options.Model = new ModelWrapSeqToDict { Model = Network.Of<RankNet>(false), Inputs = ["data.input"], Outputs = ["model.logits.cls"] };
        options.Optimizer = Optimizers.SGD(0.5);
        options.ModelDirectory = Path.Combine(Folder, folder);
        options.Callbacks.Add(new TrainingReport { HardestRows = 7 });
    }

    /// <summary>Gets the texts about the predictions: how many rows there were, the cells of the confusion matrix, and which rows were hardest.</summary>
    private string[] Page(string folder)
    {
        XElement page = XDocument.Parse(File.ReadAllText(Path.Combine(Folder, folder, "report.html"))["<!DOCTYPE html>\n".Length..]).Root!;
        return
        [
            .. page.Descendants("p").Select(text => text.Value).Where(text => text.Contains("validation rows", StringComparison.Ordinal)),
            .. page.Descendants("title").Select(text => text.Value).Where(text => text.StartsWith("true ", StringComparison.Ordinal)),
            .. page.Descendants("table").First().Elements("tr").Skip(1).SelectMany(row => row.Elements("td").Take(3).Select(cell => cell.Value)),
        ];
    }
}
