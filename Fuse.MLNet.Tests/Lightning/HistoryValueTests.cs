namespace Fuse.MLNet.Tests;

/// <summary>Reads histories that were written by hand.</summary>
[TestClass]
public sealed class HistoryValueTests
{
    private static readonly History Partly = new([new EpochRecord(0, [new("loss", 3)]), new EpochRecord(1, [new("loss", 2), new("accuracy", 0.5)]), new EpochRecord(2, [new("loss", 1)])]);

    [TestMethod]
    [DataRow("loss", new double[] { 3, 2, 1 })]
    [DataRow("accuracy", new[] { double.NaN, 0.5, double.NaN })]
    public void AnEpochWithoutAValueGivesNaN(string name, double[] expected) => CollectionAssert.AreEqual(expected, Partly[name].ToArray());

    [TestMethod]
    [DataRow("accuracies", "Did you mean 'accuracy'?")]
    [DataRow("zzzzzzzzzzzz", "There are: 'loss', 'accuracy'")]
    public void AnUnknownNameHasAHint(string name, string hint)
    {
        KeyNotFoundException error = Assert.ThrowsExactly<KeyNotFoundException>(() => _ = Partly[name]);
        Assert.Contains($"Nothing named '{name}' was logged.", error.Message);
        Assert.Contains(hint, error.Message);
    }

    [TestMethod]
    public void AnEpochDoesNotInventAValue() =>
        Assert.Contains("'loss'", Assert.ThrowsExactly<KeyNotFoundException>(() => _ = Partly.Epochs[0]["accuracy"]).Message);

    [TestMethod]
    public void WithoutAnEpochThereIsNoValue() => Assert.IsEmpty(new History([])["loss"]);
}
