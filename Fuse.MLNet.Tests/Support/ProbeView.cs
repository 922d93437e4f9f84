using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Stands before a view and notes its passes: their rows, threads, and whether each cursor was disposed.</summary>
internal sealed class ProbeView(IDataView source) : IDataView
{
    private readonly List<Pass> _passes = [];

    /// <summary>Gets or sets what happens when a row is read: the pass and the row, from 0.</summary>
    public Action<int, long> OnRow { get; set; } = (_, _) => { };

    /// <summary>Gets or sets the number of rows of a pass, from 0, when there are fewer than the source has.</summary>
    public Func<int, long> RowsOfPass { get; set; } = _ => long.MaxValue;

    /// <summary>Gets what the view says about the number of its rows. Default: null, nothing.</summary>
    public long? RowCount { get; init; }

    /// <summary>Gets the passes, in the order of their beginnings.</summary>
    public IReadOnlyList<Pass> Passes => _passes;

    public bool CanShuffle => false;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => RowCount;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        lock (_passes)
        {
            var pass = new Pass(_passes.Count, [.. columnsNeeded.Select(column => column.Name)]);
            _passes.Add(pass);
            return new Cursor(this, pass, source.GetRowCursor(columnsNeeded));
        }
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    /// <summary>Checks that every cursor was disposed and that no thread but the caller's that read rows lives on.</summary>
    public void AssertNothingIsLeft()
    {
        foreach (Pass pass in _passes)
        {
            Assert.IsTrue(pass.IsDisposed, $"The cursor of pass {pass.Index} was not disposed.");
            Assert.IsFalse(pass.Thread != Thread.CurrentThread && pass.Thread.IsAlive, $"The thread of pass {pass.Index} is still there.");
        }
    }

    /// <summary>Is what is known of one pass.</summary>
    public sealed record Pass(int Index, IReadOnlyList<string> Columns)
    {
        public Thread Thread { get; } = Thread.CurrentThread;

        public long Rows { get; set; }

        public bool IsDisposed { get; set; }
    }

    private sealed class Cursor(ProbeView view, Pass pass, DataViewRowCursor inner) : DataViewRowCursor
    {
        public override DataViewSchema Schema => inner.Schema;

        public override long Position => inner.Position;

        public override long Batch => inner.Batch;

        public override bool MoveNext()
        {
            if (pass.Rows >= view.RowsOfPass(pass.Index) || !inner.MoveNext())
                return false;
            view.OnRow(pass.Index, pass.Rows++);
            return true;
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => inner.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => inner.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => inner.IsColumnActive(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
                pass.IsDisposed = true;
            }
            base.Dispose(disposing);
        }
    }
}
