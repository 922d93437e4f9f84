using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>
/// Scores rows in batches over one source cursor: fills a batch of inputs and passed-through values, runs the network when a score is
/// first asked for, and serves the rows by their place in the batch. Where both take long, another thread fills the next batch while the network runs.
/// </summary>
/// <remarks>Batches grow from one row, so that the first row comes quickly. The source is read once, also when it would not repeat.</remarks>
internal sealed class ScoringCursor : DataViewRowCursor
{
    private const long MaxBatchBytes = 64 << 20;
    // Below this a batch is filled sooner than a thread is woken.
    private const int FewestRowsAhead = 32;
    private const int Banks = 2;
    // Both the reading of a batch and the forward pass must take this long: the shorter of them is what is gained, and handing rows over to another thread takes some tens of microseconds.
    private static readonly TimeSpan LeastGain = TimeSpan.FromMicroseconds(200);
    private readonly DataViewRowCursor _source;
    private readonly IBatchScorer _scorer;
    private readonly ScoreOutputs _outputs;
    private readonly ColumnBinding[] _bindings;
    private readonly ColumnReader[] _readers;
    private readonly BufferedColumn?[] _passThrough;
    private readonly bool[] _active;
    private readonly ValueGetter<DataViewRowId> _sourceId;
    private readonly int _maxBatch;
    private ScoringRows _rows;
    private ScoringRows _otherRows;
    private int _bank;
    private Task? _ahead;
    private int _nextBatch = 1;
    private int _index = -1;
    private long _position = -1;
    private bool _sourceEnded;
    private bool _ended;
    private int _filledSlot;
    private float[][]? _scores;
    private TimeSpan _lastFill;
    private TimeSpan _lastForward;

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
        var row = new FilledRow(source, _passThrough, () => _filledSlot);
        _readers = [.. bindings.Select(binding => binding.Open(row))];
        (_rows, _otherRows) = (new ScoringRows(bindings), new ScoringRows(bindings));
        _sourceId = source.GetIdGetter();
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => _index >= 0 ? _rows.Batch(_index) : 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override bool MoveNext()
    {
        if (_ended)
            return false;
        if (++_index < _rows.Count || NextBatch())
        {
            _position++;
            return true;
        }
        _ended = true;
        _index = -1;
        _position = -1;
        return false;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = _rows.Id(Current());

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        RowGetters.RequireActive(this, column);
        return RowGetters.As<TValue>(column.Index < _passThrough.Length
            ? _passThrough[column.Index]!.Getter(() => Slot(Current(), _bank))
            : _outputs.Getter(column.Index - _passThrough.Length, CurrentScores), column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            EndReadingAhead();
            _source.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>Gets the place of a row among the values of passed-through columns, where two batches lie row by row beside each other.</summary>
    private static int Slot(int row, int bank) => (row * Banks) + bank;

    private Task ReadAhead(ScoringRows rows, int bank) => Task.Run(() => Fill(rows, bank));

    private void EndReadingAhead()
    {
        try
        {
            _ahead?.Wait();
        }
        catch (AggregateException)
        {
            // Nobody asks for the rows that were read ahead any more.
        }
    }

    private int Current() => _index >= 0 && !_ended ? _index
        : throw new InvalidOperationException("A value can be read only while the cursor stands on a row.");

    private (float[][] Values, int Row) CurrentScores()
    {
        int row = Current();
        if (_scores is null)
        {
            if (!_sourceEnded && _rows.Count >= FewestRowsAhead && _lastFill >= LeastGain && _lastForward >= LeastGain && _ahead is null)
                _ahead = ReadAhead(_otherRows, 1 - _bank);
            long start = Stopwatch.GetTimestamp();
            _scores = _scorer.Score(_bindings, _rows.Inputs, _rows.Count);
            _lastForward = Stopwatch.GetElapsedTime(start);
        }
        return (_scores, row);
    }

    private bool NextBatch()
    {
        _scores = null;
        _index = 0;
        if (_ahead is { } ahead)
        {
            _ahead = null;
            (_rows, _otherRows, _bank) = (_otherRows, _rows, 1 - _bank);
            ahead.GetAwaiter().GetResult();
        }
        else
            Fill(_rows, _bank);
        return _rows.Count > 0;
    }

    private void Fill(ScoringRows rows, int bank)
    {
        long start = Stopwatch.GetTimestamp();
        rows.Clear(_nextBatch);
        while (rows.Count < _nextBatch && !_sourceEnded && !(_sourceEnded = !_source.MoveNext()))
        {
            _filledSlot = Slot(rows.Count, bank);
            foreach (BufferedColumn? column in _passThrough)
                column?.Fill(_filledSlot);
            for (int i = 0; i < _readers.Length; i++)
                _readers[i].Read(rows.NextInput(i));
            _sourceId(ref rows.Id(rows.Count));
            rows.Add(_source.Batch);
        }
        _nextBatch = Math.Min(_nextBatch * 2, _maxBatch);
        _lastFill = Stopwatch.GetElapsedTime(start);
    }
}
