using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Scores rows one by one, as prediction engines ask for them: one forward pass a row, however many columns are read.</summary>
internal sealed class ScoringRowMapper(ScoredSchema scored, IBatchScorer scorer) : IRowToRowMapper
{
    public DataViewSchema InputSchema => scored.Input;

    public DataViewSchema OutputSchema => scored.Output;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        scored.Sources(scored.Active(dependingColumns));

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        if (!ReferenceEquals(input.Schema, InputSchema))
            throw new ArgumentException("The row's schema is not the one that this mapper was made for.", nameof(input));
        scorer.ThrowIfDisposed();
        return new Row(input, scored, scorer, scored.Active(activeColumns));
    }

    private sealed class Row : DataViewRow
    {
        private readonly DataViewRow _input;
        private readonly ScoredSchema _scored;
        private readonly IBatchScorer _scorer;
        private readonly bool[] _active;
        private readonly ColumnReader[] _readers;
        private readonly byte[][] _buffers;
        private readonly BufferedColumn?[] _shared;
        private float[][]? _scores;
        private long _scoredPosition;
        private long? _filledPosition;

        public Row(DataViewRow input, ScoredSchema scored, IBatchScorer scorer, bool[] active)
        {
            _input = input;
            _scored = scored;
            _scorer = scorer;
            _active = active;
            ColumnBinding[] bindings = scored.NeedsScores(active) ? scored.Bindings : [];
            // Columns that the network reads and the caller too are computed once a row.
            _shared = [.. scored.Input.Select(column => active[column.Index] && bindings.Any(binding => binding.Source.Index == column.Index)
                ? BufferedColumn.Create(input, column) : null)];
            var row = new FilledRow(input, _shared, FilledSlot);
            _readers = [.. bindings.Select(binding => binding.Open(row))];
            _buffers = [.. bindings.Select(binding => new byte[binding.RowBytes])];
        }

        public override DataViewSchema Schema => _scored.Output;

        public override long Position => _input.Position;

        public override long Batch => _input.Batch;

        public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

        public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            RowGetters.RequireActive(this, column);
            if (column.Index < _scored.Input.Count)
                return _shared[column.Index]?.Getter(FilledSlot) as ValueGetter<TValue> ?? _input.GetGetter<TValue>(_scored.Input[column.Index]);
            return RowGetters.As<TValue>(_scored.Outputs.Getter(column.Index - _scored.Input.Count, Scores), column);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _input.Dispose();
            base.Dispose(disposing);
        }

        private int FilledSlot()
        {
            if (_filledPosition != _input.Position)
            {
                foreach (BufferedColumn? column in _shared)
                    column?.Fill(0);
                _filledPosition = _input.Position;
            }
            return 0;
        }

        private (float[][] Values, int Row) Scores()
        {
            if (_scores is null || _scoredPosition != _input.Position)
            {
                for (int i = 0; i < _readers.Length; i++)
                    _readers[i].Read(_buffers[i]);
                _scores = _scorer.Score(_scored.Bindings, _buffers, 1);
                _scoredPosition = _input.Position;
            }
            return (_scores, 0);
        }
    }
}
