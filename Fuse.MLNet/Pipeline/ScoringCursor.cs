using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>
/// Scores rows in batches over one source cursor: fills a batch of inputs and passed-through values, runs the network when a score is
/// first asked for, and serves the rows by their place in the batch.
/// </summary>
/// <remarks>Batches grow from one row, so that the first row comes quickly. The source is read once, also when it would not repeat.</remarks>
internal sealed class ScoringCursor : DataViewRowCursor
{
    private const long MaxBatchBytes = 64 << 20;
    private readonly DataViewRowCursor _source;
    private readonly IBatchScorer _scorer;
    private readonly ScoreOutputs _outputs;
    private readonly ColumnBinding[] _bindings;
    private readonly ColumnReader[] _readers;
    private readonly byte[][] _inputs;
    private readonly BufferedColumn?[] _passThrough;
    private readonly bool[] _active;
    private DataViewRowId[] _ids = [];
    private long[] _batches = [];
    private readonly ValueGetter<DataViewRowId> _sourceId;
    private readonly int _maxBatch;
    private int _nextBatch = 1;
    private int _count;
    private int _index = -1;
    private long _position = -1;
    private bool _ended;
    private float[][]? _scores;

    public ScoringCursor(DataViewRowCursor source, DataViewSchema schema, IBatchScorer scorer, ScoreOutputs outputs, ColumnBinding[] bindings, bool[] active, int maxBatch)
    {
        _source = source;
        Schema = schema;
        _scorer = scorer;
        _outputs = outputs;
        _bindings = bindings;
        _active = active;
        _maxBatch = (int)Math.Clamp(MaxBatchBytes / Math.Max(1, bindings.Sum(binding => (long)binding.RowBytes)), 1, maxBatch);
        _passThrough = [.. source.Schema.Select(column => active[column.Index] ? BufferedColumn.Create(source, column) : null)];
        var row = new FilledRow(source, _passThrough, () => _count);
        _readers = [.. bindings.Select(binding => binding.Open(row))];
        _inputs = [.. bindings.Select(_ => Array.Empty<byte>())];
        _sourceId = source.GetIdGetter();
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => _index >= 0 ? _batches[_index] : 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override bool MoveNext()
    {
        if (_ended)
            return false;
        if (++_index < _count || Fill())
        {
            _position++;
            return true;
        }
        _ended = true;
        _index = -1;
        _position = -1;
        return false;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = _ids[Current()];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        RowGetters.RequireActive(this, column);
        return RowGetters.As<TValue>(column.Index < _passThrough.Length
            ? _passThrough[column.Index]!.Getter(Current)
            : _outputs.Getter(column.Index - _passThrough.Length, CurrentScores), column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
            foreach (BufferedColumn? column in _passThrough)
                column?.Dispose();
        }
        base.Dispose(disposing);
    }

    private int Current() => _index >= 0 && !_ended ? _index
        : throw new InvalidOperationException("A value can be read only while the cursor stands on a row.");

    private (float[][] Values, int Row) CurrentScores()
    {
        int row = Current();
        _scores ??= _scorer.Score(_bindings, _inputs, _count);
        return (_scores, row);
    }

    private bool Fill()
    {
        _scores = null;
        _index = 0;
        Grow(_nextBatch);
        for (_count = 0; _count < _nextBatch && _source.MoveNext(); _count++)
        {
            foreach (BufferedColumn? column in _passThrough)
                column?.Fill(_count);
            for (int i = 0; i < _readers.Length; i++)
                _readers[i].Read(_inputs[i].AsSpan(_count * _bindings[i].RowBytes, _bindings[i].RowBytes));
            _sourceId(ref _ids[_count]);
            _batches[_count] = _source.Batch;
        }
        _nextBatch = Math.Min(_nextBatch * 2, _maxBatch);
        return _count > 0;
    }

    private void Grow(int rows)
    {
        if (rows <= _ids.Length)
            return;
        _ids = new DataViewRowId[rows];
        _batches = new long[rows];
        for (int i = 0; i < _inputs.Length; i++)
            _inputs[i] = new byte[rows * _bindings[i].RowBytes];
    }
}
