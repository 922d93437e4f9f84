using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Tests when rows are kept in memory and when they are read anew, by the passes over the source.</summary>
[TestClass]
public sealed class StagingBudgetTests : LeakCheckedTest
{
    // A Single feature of two values and a key: 16 bytes a row.
    private const int Rows = 60;
    private const int RowBytes = 16;
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(null, true, 1, DisplayName = "by default")]
    [DataRow((long)Rows * RowBytes, true, 1, DisplayName = "just enough")]
    [DataRow((long)Rows * RowBytes, false, 1, DisplayName = "just enough, rows not counted")]
    [DataRow(((long)Rows * RowBytes) - 1, true, 3, DisplayName = "a byte too few: the first batch, and two epochs")]
    [DataRow(((long)Rows * RowBytes) - 1, false, 4, DisplayName = "a byte too few, rows not counted: a pass to find out")]
    [DataRow(0L, true, 3, DisplayName = "nothing")]
    [DataRow(0L, false, 3, DisplayName = "nothing, rows not counted")]
    public void RowsThatFitAreReadOnce(long? bytes, bool isCounted, int passes)
    {
        ProbeView view = View(isCounted);
        var log = new LogRecorder(_ml);
        Own(Learning.Classifier(_ml, new() { BatchSize = 16, MaxEpochs = 2, StagingBytes = bytes, ShuffleBufferRows = 20 }).Fit(view));
        Assert.HasCount(passes, view.Passes);
        Assert.AreEqual(passes > 1, log.Text.Contains("they are streamed: each pass reads them anew", StringComparison.Ordinal), log.Text);
        if (passes > 1)
            Assert.Contains($"do not fit StagingBytes = {bytes}", log.Text);
        foreach (ProbeView.Pass pass in view.Passes)
            CollectionAssert.AreEquivalent(new[] { "Features", "Label" }, pass.Columns.ToArray());
        view.AssertNothingIsLeft();
    }

    [TestMethod]
    public void ReadingToFindOutEndsWhenTheBudgetIsPassed()
    {
        ProbeView view = View(isCounted: false);
        Own(Learning.Classifier(_ml, new() { BatchSize = 16, MaxEpochs = 1, StagingBytes = 10 * RowBytes }).Fit(view));
        Assert.AreEqual(11, view.Passes[0].Rows);
    }

    [TestMethod]
    [DataRow(true, 40 * RowBytes, 1, DisplayName = "what is left is enough")]
    [DataRow(true, 0, 3, DisplayName = "nothing is left")]
    public void StreamedValidationRowsStayInWhatIsLeft(bool isCounted, long left, int validationPasses)
    {
        // The shuffle buffer of 10 rows takes its part first.
        ProbeView view = View(isCounted);
        Own(Learning.Classifier(_ml, new() { BatchSize = 16, MaxEpochs = 3, ValidationFraction = 0.5, ShuffleBufferRows = 10, StagingBytes = left > 0 ? left + (10 * RowBytes) : 0 }).Fit(view));
        // The first batch, three epochs, and the passes of validation.
        Assert.HasCount(4 + validationPasses, view.Passes);
        view.AssertNothingIsLeft();
    }

    [TestMethod]
    public void ValidationDataShareTheBudget()
    {
        ProbeView train = View(isCounted: true), validation = View(isCounted: true);
        FuseTrainer Trainer(long rows) => Learning.Classifier(_ml, new() { BatchSize = 16, MaxEpochs = 2, StagingBytes = rows * RowBytes });
        Own(Trainer(2 * Rows).Fit(train, validation));
        Assert.HasCount(1, train.Passes);
        Assert.HasCount(1, validation.Passes);
        (train, validation) = (View(isCounted: true), View(isCounted: true));
        Own(Trainer(Rows + 1).Fit(train, validation));
        Assert.HasCount(1, train.Passes);
        Assert.HasCount(2, validation.Passes);
        validation.AssertNothingIsLeft();
    }

    [TestMethod]
    public void EvaluateReadsRowsOnceWithoutKeepingThem()
    {
        FuseTransformer model = Own(Learning.Classifier(_ml).Fit(View(isCounted: true)));
        ProbeView view = View(isCounted: false);
        Assert.AreEqual(Rows, _ml.Fuse().Evaluate(model, view).RowCount);
        Assert.AreEqual(Rows, view.Passes.Single().Rows);
        view.AssertNothingIsLeft();
        Assert.Contains("no row to evaluate", Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Fuse().Evaluate(model, new ProbeView(Samples.Keyed(_ml, Rows)) { RowsOfPass = _ => 0 })).Message);
    }

    [TestMethod]
    [DataRow(0.0, 34)]
    [DataRow(0.5, 69)]
    public void OverfittedRowsAreTheOnlyOnesRead(double validationFraction, int most)
    {
        ProbeView view = new(Samples.Keyed(_ml, 1000));
        FuseTransformer model = Own(Learning.Classifier(_ml, new() { BatchSize = 16, MaxEpochs = 2, OverfitBatches = 2, StagingBytes = 0, ValidationFraction = validationFraction }).Fit(view));
        Assert.IsInRange(34, most, view.Passes.Single().Rows);
        Assert.HasCount(2, model.History["validation.losses.total_loss"]);
    }

    [TestMethod]
    public void StandardizingStreamedRowsReadsThemOnceMoreAndSaysSo()
    {
        ProbeView view = View(isCounted: true);
        var log = new LogRecorder(_ml);
        Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features") { Standardize = true }, options: new() { MaxEpochs = 1, StagingBytes = 0 }).Fit(view));
        Assert.HasCount(3, view.Passes);
        CollectionAssert.AreEqual(new[] { "Features" }, view.Passes[0].Columns.ToArray());
        Assert.Contains("reads the training rows once, to standardize columns by them", log.Text);
        view.AssertNothingIsLeft();
    }

    [TestMethod]
    [DataRow(true, 0.0)]
    [DataRow(false, 0.0)]
    [DataRow(false, 0.1)]
    public void StagingNarrowRowsTakesLittleMoreThanTheirOwnBytes(bool isCounted, double validationFraction)
    {
        // 12 bytes a row. What is allocated in all bounds what is held at once.
        const int Count = 1_000_000;
        long before = 0, after = 0;
        var view = new Narrow(Count, isCounted)
        {
            OnRow = row =>
            {
                if (row == 0)
                    before = GC.GetAllocatedBytesForCurrentThread();
                after = GC.GetAllocatedBytesForCurrentThread();
            },
        };
        Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(1, 1), new TensorColumn("X", [1]), "Y", Loss.Of((pred, _) => pred.mean()),
            new() { MaxSteps = 1, BatchSize = 1024, ValidationFraction = validationFraction }).Fit(view));
        Assert.IsInRange(1.0, 1.2, (after - before) / (12.0 * Count));
    }

    private ProbeView View(bool isCounted) => new(Samples.Keyed(_ml, Rows)) { RowCount = isCounted ? Rows : null };

    /// <summary>Gives a number of rows of a Single and an Int64 without allocating any.</summary>
    private sealed class Narrow : IDataView
    {
        private readonly int _rows;
        private readonly bool _isCounted;

        public Narrow(int rows, bool isCounted)
        {
            (_rows, _isCounted) = (rows, isCounted);
            var schema = new DataViewSchema.Builder();
            schema.AddColumn("X", NumberDataViewType.Single);
            schema.AddColumn("Y", NumberDataViewType.Int64);
            Schema = schema.ToSchema();
        }

        public Action<long> OnRow { get; init; } = _ => { };

        public bool CanShuffle => false;

        public DataViewSchema Schema { get; }

        public long? GetRowCount() => _isCounted ? _rows : null;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this);

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [new Cursor(this)];

        private sealed class Cursor(Narrow view) : DataViewRowCursor
        {
            private long _position = -1;

            public override DataViewSchema Schema => view.Schema;

            public override long Position => _position;

            public override long Batch => 0;

            public override bool MoveNext()
            {
                if (_position + 1 >= view._rows)
                    return false;
                view.OnRow(++_position);
                return true;
            }

            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => column.Index == 0
                ? (ValueGetter<TValue>)(object)(ValueGetter<float>)((ref float value) => value = _position)
                : (ValueGetter<TValue>)(object)(ValueGetter<long>)((ref long value) => value = _position);

            public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new((ulong)_position, 0);

            public override bool IsColumnActive(DataViewSchema.Column column) => true;
        }
    }
}
