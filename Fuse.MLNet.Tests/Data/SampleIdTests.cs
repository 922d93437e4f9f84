using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Tests that batches name their rows.</summary>
[TestClass]
public sealed class SampleIdTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("Text")]
    [DataRow("Number")]
    [DataRow("Double")]
    [DataRow("Boolean")]
    [DataRow("Key")]
    [DataRow("Date")]
    [DataRow("Offset")]
    [DataRow("Span")]
    public void EveryRowKeepsItsId(string column)
    {
        Row[] rows = Rows(9);
        var recorder = new IdRecorder();
        Own(Trainer(column, recorder, new()).Fit(_ml.Data.LoadFromEnumerable(rows)));
        Assert.HasCount(9, recorder.Trained.Distinct());
        foreach ((float x, string id) in recorder.Trained)
            Assert.AreEqual(Text(rows[(int)x], column), id);
    }

    [TestMethod]
    public void AKeysIdIsTheValueBehindIt()
    {
        Row[] rows = Rows(9);
        rows[4].Text = "";
        IDataView view = _ml.Data.LoadFromEnumerable(rows);
        view = _ml.Transforms.Conversion.MapValueToKey("Text").Fit(view).Transform(view);
        var recorder = new IdRecorder();
        Own(Trainer("Text", recorder, new()).Fit(view));
        foreach ((float x, string id) in recorder.Trained)
            Assert.AreEqual(rows[(int)x].Text, id);
    }

    [TestMethod]
    public void ValidationBatchesHaveThemWhereverTheirRowsComeFrom()
    {
        Row[] rows = Rows(20);
        var recorder = new IdRecorder();
        Own(Trainer("Text", recorder, new() { ValidationFraction = 0.4 }).Fit(_ml.Data.LoadFromEnumerable(rows)));
        Assert.HasCount(8, recorder.Validated);
        Assert.HasCount(12, recorder.Trained);
        foreach ((float x, string id) in recorder.Trained.Concat(recorder.Validated))
            Assert.AreEqual(rows[(int)x].Text, id);

        recorder = new IdRecorder();
        Own(Trainer("Text", recorder, new()).Fit(_ml.Data.LoadFromEnumerable(rows.Take(4)), _ml.Data.LoadFromEnumerable(rows.Skip(15))));
        CollectionAssert.AreEqual(rows.Skip(15).Select(row => row.Text).ToArray(), recorder.Validated.Select(seen => seen.Id).ToArray());
    }

    [TestMethod]
    public void ScoringNeedsNoIds()
    {
        FuseTransformer transformer = Own(Trainer("Text", new IdRecorder(), new()).Fit(_ml.Data.LoadFromEnumerable(Rows(9))));
        IDataView other = _ml.Transforms.SelectColumns("X").Fit(_ml.Data.LoadFromEnumerable(Rows(5))).Transform(_ml.Data.LoadFromEnumerable(Rows(5)));
        Assert.HasCount(5, transformer.Transform(other).GetColumn<float>("Score").ToArray());
    }

    [TestMethod]
    public void AFailingBatchNamesItsFirstRows()
    {
        var options = new FuseTrainer.TrainingOptions { SampleIdColumnName = "Text", BatchSize = 4, OverfitBatches = 1 };
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Fuse()
            .Train(Network.Of<TinyClassifier>(1, 1), new TensorColumn("X", [1]), "Y", Loss.Of((_, _) => throw new ArgumentException("no such loss")), options)
            .Fit(_ml.Data.LoadFromEnumerable(Rows(9))));
        Assert.Contains("data.sample_id: String [4] 'row 0', 'row 1', 'row 2', ...", error.Message);
    }

    [TestMethod]
    [DataRow("Txt", "no column 'Txt' (needed for SampleIdColumnName). Did you mean 'Text'")]
    [DataRow("Pair", "expected one text, number, Boolean, key or date")]
    public void AColumnThatCannotNameRowsIsNamed(string column, string expected) => Assert.Contains(expected,
        Assert.Throws<ArgumentException>(() => Trainer(column, new IdRecorder(), new()).Fit(_ml.Data.LoadFromEnumerable(Rows(9)))).Message);

    [TestMethod]
    public void ValidationRowsWithoutTheColumnAreNamed()
    {
        IDataView other = _ml.Transforms.DropColumns("Text").Fit(_ml.Data.LoadFromEnumerable(Rows(5))).Transform(_ml.Data.LoadFromEnumerable(Rows(5)));
        Assert.Contains("no column 'Text'",
            Assert.Throws<ArgumentException>(() => Trainer("Text", new IdRecorder(), new()).Fit(_ml.Data.LoadFromEnumerable(Rows(9)), other)).Message);
    }

    [TestMethod]
    [DataRow("data.sample_id")]
    [DataRow("data.sample_id.x")]
    [DataRow("data")]
    public void ABatchKeyInTheWayIsNamed(string key)
    {
        var options = new FuseTrainer.Options
        {
            Columns = { [key] = new("X") },
            Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(), Inputs = [key], Outputs = ["model.logits.head_0"] },
            Losses = { ["loss"] = new LossMeanSquaredError() },
            SampleIdColumnName = "Text",
        };
        Assert.Contains($"'{key}'", Assert.ThrowsExactly<ArgumentException>(() => _ml.Fuse().Train(options)).Message);
    }

    [TestMethod]
    public void ANetworkThatReadsIdsFailsBeforeTrainingBecauseScoringHasNone()
    {
        var options = new FuseTrainer.TrainingOptions { SampleIdColumnName = "Text" };
        LossBase loss = Loss.MeanSquaredError() with { Preprocess = batch => batch.Get<string[]>("data.sample_id").Length > 0 ? batch : throw new InvalidOperationException() };
        // A loss may read them: it does not run when rows are scored.
        Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(1, 1), new TensorColumn("X", [1]), "Y", loss, options).Fit(_ml.Data.LoadFromEnumerable(Rows(9))));
        var named = new FuseTrainer.Options
        {
            Columns = { ["data.x"] = new("X") },
            Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(1, 1), Inputs = ["data.sample_id"], Outputs = ["model.logits.head_0"] },
            Losses = { ["loss"] = new LossMeanSquaredError { Target = "data.x" } },
            SampleIdColumnName = "Text",
        };
        Assert.Contains("no key 'data.sample_id'", Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Fuse().Train(named).Fit(_ml.Data.LoadFromEnumerable(Rows(9)))).Message);
    }

    [TestMethod]
    public void SelectedRowsKeepTheirIdsAndArraysCompareByTheirItems()
    {
        using var scope = NewDisposeScope();
        var batch = new BatchDict { RowCount = 3 };
        batch.Set("data.sample_id", new[] { "a", "b", "c" });
        batch.Set("numbers", new[] { 1, 2, 3 });
        batch.Set("other", new[] { 1, 2 });
        BatchDict masked = batch.SelectRows(tensor(new[] { true, false, true }));
        CollectionAssert.AreEqual(new[] { "a", "c" }, masked.Get<string[]>("data.sample_id"));
        CollectionAssert.AreEqual(new[] { 1, 3 }, masked.Get<int[]>("numbers"));
        CollectionAssert.AreEqual(new[] { 1, 2 }, masked.Get<int[]>("other"));
        CollectionAssert.AreEqual(new[] { "c", "c", "a", "b" }, batch.SelectRows(tensor(new long[] { 2, 2, 0, 1 })).Get<string[]>("data.sample_id"));
        BatchDict copy = batch.Copy();
        copy.Set("data.sample_id", new[] { "a", "b", "c" });
        Assert.AreEqual(batch, copy);
        copy.Set("data.sample_id", new[] { "a", "b", "d" });
        Assert.AreNotEqual(batch, copy);
        Assert.Contains("data.sample_id: String [3] 'a', 'b', 'c'" + Environment.NewLine, batch.ToString());
        Assert.Contains("numbers: Int32 [3]", batch.ToString());
    }

    private FuseTrainer Trainer(string column, IdRecorder recorder, FuseTrainer.TrainingOptions options)
    {
        (options.SampleIdColumnName, options.MaxEpochs, options.BatchSize) = (column, 1, 4);
        LossBase loss = Loss.MeanSquaredError() with
        {
            Preprocess = batch =>
            {
                recorder.Note(batch);
                return batch;
            },
        };
        return _ml.Fuse().Train(Network.Of<TinyClassifier>(1, 1), new TensorColumn("X", [1]), "Y", loss, options);
    }

    private static Row[] Rows(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new Row
        {
            X = i,
            Text = $"row {i}",
            Number = (short)(-i),
            Double = i + 0.5,
            Boolean = i % 2 == 1,
            Key = (uint)i,
            Date = new DateTime(2024, 1, 1, 12, 0, 0, DateTimeKind.Utc).AddDays(i),
            Offset = new DateTimeOffset(2024, 1, 1, 12, 0, 0, TimeSpan.FromHours(2)).AddDays(i),
            Span = TimeSpan.FromMinutes(i),
        }),
    ];

    private static string Text(Row row, string column) => column switch
    {
        "Text" => row.Text,
        "Number" => row.Number.ToString(CultureInfo.InvariantCulture),
        "Double" => row.Double.ToString(CultureInfo.InvariantCulture),
        "Boolean" => row.Boolean ? "True" : "False",
        // The key has no values, and its range has eight of the nine: the last is missing.
        "Key" => row.Key < 8 ? row.Key.ToString(CultureInfo.InvariantCulture) : "",
        "Date" => row.Date.ToString("O", CultureInfo.InvariantCulture),
        "Offset" => row.Offset.ToString("O", CultureInfo.InvariantCulture),
        _ => row.Span.ToString("c", CultureInfo.InvariantCulture),
    };

    private sealed class IdRecorder
    {
        public List<(float X, string Id)> Trained { get; } = [];

        public List<(float X, string Id)> Validated { get; } = [];

        public void Note(BatchDict batch) => (batch.Phase == Phase.Train ? Trained : Validated)
            .AddRange(batch[BatchKeys.Input].flatten().data<float>().ToArray().Zip(batch.Get<string[]>(BatchKeys.SampleId)));
    }

    private sealed class Row
    {
        public float X { get; set; }

        public float Y { get; set; }

        public string Text { get; set; } = "";

        public short Number { get; set; }

        public double Double { get; set; }

        public bool Boolean { get; set; }

        [KeyType(8)]
        public uint Key { get; set; }

        public DateTime Date { get; set; }

        public DateTimeOffset Offset { get; set; }

        public TimeSpan Span { get; set; }

        [VectorType(2)]
        public float[] Pair { get; set; } = [0, 0];
    }
}
