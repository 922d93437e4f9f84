using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Shows the first rows of a view with the values of one column, which it holds in memory, in another order.</summary>
internal sealed class PermutedView : IDataView, IDisposable
{
    private readonly IDataView _source;
    private readonly int _column;
    private readonly BufferedColumn _values;

    public PermutedView(IDataView source, DataViewSchema.Column column, int maxRows)
    {
        _source = source;
        _column = column.Index;
        using DataViewRowCursor cursor = source.GetRowCursor([column]);
        _values = BufferedColumn.Create(cursor, column);
        for (; Count < maxRows && cursor.MoveNext(); Count++)
            _values.Fill(Count);
        Order = [.. Enumerable.Range(0, Count)];
    }

    /// <summary>Gets the number of rows.</summary>
    public int Count { get; }

    /// <summary>Gets or sets the row of the source whose value each row shows. At first each its own.</summary>
    public int[] Order { get; set; }

    public bool CanShuffle => false;

    public DataViewSchema Schema => _source.Schema;

    public long? GetRowCount() => Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] needed = [.. columnsNeeded];
        return new Cursor(this, _source.GetRowCursor(needed.Where(column => column.Index != _column)), needed.Any(column => column.Index == _column));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    public void Dispose() => _values.Dispose();

    private sealed class Cursor(PermutedView view, DataViewRowCursor source, bool isActive) : DataViewRowCursor
    {
        private readonly int[] _order = view.Order;
        private long _position = -1;
        private bool _ended;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => source.Batch;

        public override bool MoveNext()
        {
            _ended = _ended || _position + 1 >= _order.Length || !source.MoveNext();
            _position = _ended ? -1 : _position + 1;
            return !_ended;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => column.Index == view._column ? isActive : source.IsColumnActive(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            RowGetters.RequireActive(this, column);
            return column.Index == view._column ? RowGetters.As<TValue>(view._values.Getter(() => _order[_position]), column) : source.GetGetter<TValue>(column);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}
