namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class BatchDictTests : LeakCheckedTest
{
    private static BatchDict Sample()
    {
        var batch = new BatchDict { RowCount = 3 };
        batch.Set("a", 1);
        batch.Set("b.c", 2);
        batch.Set("b.d", 3);
        batch.Set("e.f.g", 4);
        return batch;
    }

    [TestMethod]
    public void AssigningABranchReplacesIt()
    {
        BatchDict batch = Sample();
        var branch = new BatchDict();
        branch.Set("x", 9);
        batch.SetBranch("b", branch);
        CollectionAssert.AreEquivalent(new[] { "a", "b.x", "e.f.g" }, batch.Keys.ToArray());
    }

    [TestMethod]
    public void AssigningAValueReplacesTheBranchOfItsName()
    {
        BatchDict batch = Sample();
        batch.Set("e", 5);
        Assert.AreEqual(5, batch.Get<int>("e"));
        Assert.IsFalse(batch.ContainsKey("e.f"));
    }

    [TestMethod]
    [DataRow("b.cc", "'b.c'")]
    [DataRow("b", "branch")]
    [DataRow("zzzzzzzz", "There are:")]
    public void MissingKeyNamesWhatThereIs(string key, string expected)
    {
        KeyNotFoundException error = Assert.ThrowsExactly<KeyNotFoundException>(() => Sample().Get<int>(key));
        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow(".a")]
    [DataRow("a.")]
    [DataRow("b..c")]
    [DataRow("a.b")]
    public void ImpossibleKeyIsRefused(string key) => Assert.ThrowsExactly<ArgumentException>(() => Sample().Set(key, 1));

    [TestMethod]
    public void EqualityAndCopyingGoByContent()
    {
        using var scope = NewDisposeScope();
        BatchDict left = Sample();
        left["t"] = tensor(new[] { 1f, 2f, 3f });
        BatchDict right = left.Copy();
        Assert.AreEqual(left, right);
        right["t"] = tensor(new[] { 1f, 2f, 3f });
        Assert.AreEqual(left, right);
        right["t"] = tensor(new[] { 1f, 2f, 4f });
        Assert.AreNotEqual(left, right);
        Assert.AreEqual(3f, left["t"][2].item<float>());
    }

    [TestMethod]
    public void SelectRowsIndexesTensorsOfTheBatch()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Sample();
        batch["t"] = arange(6).reshape(3, 2);
        batch["scalar"] = tensor(7);
        BatchDict rows = batch.SelectRows(tensor(new[] { true, false, true }));
        Assert.AreEqual(2, rows.RowCount);
        CollectionAssert.AreEqual(new long[] { 0, 1, 4, 5 }, rows["t"].data<long>().ToArray());
        Assert.AreEqual(7, rows["scalar"].item<int>());
        Assert.AreEqual(1, rows.Get<int>("a"));
    }

    [TestMethod]
    public void RemoveTakesValueOrBranch()
    {
        BatchDict batch = Sample();
        Assert.IsTrue(batch.Remove("b"));
        Assert.IsFalse(batch.Remove("b"));
        CollectionAssert.AreEqual(new[] { "a", "e" }, batch.TopLevelKeys.ToArray());
        Assert.AreEqual(4, batch.GetBranch("e.f").Get<int>("g"));
    }
}
