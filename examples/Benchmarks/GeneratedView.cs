using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Is a view of any number of rows that are made as they are read, so that they take no memory: the columns Features and Label of <see cref="Row"/>.</summary>
/// <param name="rows">The number of rows.</param>
/// <param name="width">The number of features.</param>
/// <param name="isCounted">Whether the view says how many rows it has.</param>
internal sealed class GeneratedView(long rows, int width, bool isCounted = true) : IDataView
{
    private const int Classes = 10;

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; } = MakeSchema(width);

    public long? GetRowCount() => isCounted ? rows : null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(Schema, rows, width, [.. columnsNeeded.Select(column => column.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private static DataViewSchema MakeSchema(int width)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(nameof(Row.Features), new VectorDataViewType(NumberDataViewType.Single, width));
        schema.AddColumn(nameof(Row.Label), new KeyDataViewType(typeof(uint), Classes));
        return schema.ToSchema();
    }

    private sealed class Cursor(DataViewSchema schema, long rows, int width, HashSet<int> active) : DataViewRowCursor
    {
        private long _position = -1;

        public override DataViewSchema Schema => schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool MoveNext()
        {
            if (_position + 1 >= rows)
                return false;
            _position++;
            return true;
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => (ValueGetter<TValue>)(column.Index == 0
            ? (Delegate)(ValueGetter<VBuffer<float>>)Features
            : (ValueGetter<uint>)((ref uint value) => value = (uint)(_position % Classes) + 1));

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new((ulong)_position, 0);

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        private void Features(ref VBuffer<float> value)
        {
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, width);
            uint state = (uint)_position * 2654435761u;
            for (int i = 0; i < width; i++)
            {
                state = (state * 1664525u) + 1013904223u;
                editor.Values[i] = (state >> 8) * (1f / (1 << 24));
            }
            value = editor.Commit();
        }
    }
}
