using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Checks the contract that ML.NET's cursors keep.</summary>
[TestClass]
public sealed class ScoringCursorTests : LeakCheckedTest
{
    private const int Rows = 50;
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void PositionsIdsAndBatchesAreTheSources(bool withScores)
    {
        (IDataView source, IDataView scored) = Views();
        using DataViewRowCursor expected = source.GetRowCursor([source.Schema["Id"]]);
        using DataViewRowCursor cursor = scored.GetRowCursor(withScores ? [scored.Schema["Score"], scored.Schema["Id"]] : [scored.Schema["Id"]]);
        ValueGetter<DataViewRowId> wanted = expected.GetIdGetter();
        ValueGetter<DataViewRowId> getter = cursor.GetIdGetter();
        ValueGetter<float> id = cursor.GetGetter<float>(scored.Schema["Id"]);
        Assert.AreEqual(-1, cursor.Position);
        for (int row = 0; row < Rows; row++)
        {
            Assert.IsTrue(expected.MoveNext());
            Assert.IsTrue(cursor.MoveNext());
            Assert.AreEqual(row, cursor.Position);
            Assert.AreEqual(expected.Batch, cursor.Batch);
            DataViewRowId left = default;
            DataViewRowId right = default;
            wanted(ref left);
            getter(ref right);
            Assert.AreEqual(left, right);
            float value = 0;
            id(ref value);
            Assert.AreEqual(row, value);
        }

        Assert.IsFalse(cursor.MoveNext());
        Assert.AreEqual(-1, cursor.Position);
        Assert.IsFalse(cursor.MoveNext(), "A cursor at its end stays there.");
    }

    [TestMethod]
    public void ACursorSetHasEveryRowOnce()
    {
        (IDataView source, IDataView scored) = Views();
        var scores = new Dictionary<float, float[]>();
        foreach (DataViewRowCursor cursor in scored.GetRowCursorSet([scored.Schema["Score"], scored.Schema["Id"]], 4))
            using (cursor)
            {
                ValueGetter<float> id = cursor.GetGetter<float>(scored.Schema["Id"]);
                ValueGetter<VBuffer<float>> score = cursor.GetGetter<VBuffer<float>>(scored.Schema["Score"]);
                float key = 0;
                VBuffer<float> value = default;
                while (cursor.MoveNext())
                {
                    id(ref key);
                    score(ref value);
                    scores.Add(key, [.. value.DenseValues()]);
                }
            }

        Learning.AreEqual(Learning.Scores(scored), [.. scores.OrderBy(pair => pair.Key).Select(pair => pair.Value)]);
        Assert.AreEqual(source.GetRowCount(), scored.GetRowCount());
    }

    [TestMethod]
    [DataRow("Id", "Score")]
    [DataRow("Score", "Id")]
    public void AColumnThatWasNotAskedForIsRefused(string asked, string read)
    {
        (_, IDataView scored) = Views();
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema[asked]]);
        Assert.IsTrue(cursor.IsColumnActive(scored.Schema[asked]));
        Assert.IsFalse(cursor.IsColumnActive(scored.Schema[read]));
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => _ = read == "Id"
            ? (Delegate)cursor.GetGetter<float>(scored.Schema[read]) : cursor.GetGetter<VBuffer<float>>(scored.Schema[read]));
        Assert.Contains($"'{read}' was not asked for", error.Message);
    }

    [TestMethod]
    public void AValueIsThereOnlyOnARowAndInItsOwnType()
    {
        (_, IDataView scored) = Views();
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<VBuffer<float>> score = cursor.GetGetter<VBuffer<float>>(scored.Schema["Score"]);
        VBuffer<float> value = default;
        Assert.ThrowsExactly<InvalidOperationException>(() => score(ref value));
        Assert.Contains("cannot be read as Double", Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<double>(scored.Schema["Score"])).Message);
        while (cursor.MoveNext())
            score(ref value);
        Assert.ThrowsExactly<InvalidOperationException>(() => score(ref value));
    }

    [TestMethod]
    public void EveryGetterHasBuffersOfItsOwn()
    {
        (_, IDataView scored) = Views();
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<VBuffer<float>> features = cursor.GetGetter<VBuffer<float>>(scored.Schema["Features"]);
        Sample[] expected = Samples.Blobs(Rows);
        VBuffer<float> kept = default;
        for (int row = 0; cursor.MoveNext(); row++)
        {
            VBuffer<float> value = default;
            features(ref value);
            VBufferEditor.CreateFromBuffer(ref value).Values.Fill(-1);
            features(ref kept);
            CollectionAssert.AreEqual(expected[row].Features, kept.DenseValues().ToArray());
        }
    }

    [TestMethod]
    public void ShuffledRowsKeepTheirScores()
    {
        (_, IDataView scored) = Views();
        float[][] expected = Learning.Scores(scored);
        IDataView shuffled = _ml.Data.ShuffleRows(scored, seed: 3);
        float[] ids = [.. shuffled.GetColumn<float>("Id")];
        CollectionAssert.AreNotEqual(Enumerable.Range(0, Rows).Select(i => (float)i).ToArray(), ids);
        Learning.AreEqual([.. ids.Select(id => expected[(int)id])], Learning.Scores(shuffled), 1e-6f);
    }

    private (IDataView Source, IDataView Scored) Views()
    {
        IDataView source = Samples.Keyed(_ml, Rows);
        return (source, Own(Learning.Classify()).Transform(source));
    }
}
