using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Decides for each row, in one pass and without knowing their number, whether it is set aside for validation.</summary>
internal abstract class RowSplitter
{
    /// <summary>Gets the column that the decision needs, if any.</summary>
    public virtual DataViewSchema.Column? Column => null;

    /// <summary>Gets how many of a number of rows are set aside, when that follows from the number alone.</summary>
    public virtual long? CountValidation(long rows) => null;

    /// <summary>Opens the decision over a cursor; the argument is the row's index from 0.</summary>
    public abstract Func<long, bool> Open(DataViewRow row);

    /// <summary>Sets a fraction of the rows aside: one seeded random row out of every consecutive 1/fraction, so the count is exact to one row.</summary>
    public static RowSplitter ByFraction(double fraction, long seed) => new FractionSplitter(fraction, seed);

    /// <summary>Sets a fraction of a key's values aside: rows of one value, such as one patient, stay on one side.</summary>
    public static RowSplitter ByKey(double fraction, long seed, DataViewSchema schema, string columnName) =>
        new KeySplitter(fraction, seed, schema[columnName]);

    /// <summary>Sets the rows aside in which a Boolean column is true.</summary>
    public static RowSplitter ByColumn(DataViewSchema schema, string columnName) => new FlagSplitter(schema[columnName]);

    private sealed class FractionSplitter : RowSplitter
    {
        private readonly bool _validationIsRare;
        private readonly double _rare;
        private readonly long _seed;

        public FractionSplitter(double fraction, long seed)
        {
            _validationIsRare = fraction <= 0.5;
            _rare = _validationIsRare ? fraction : 1 - fraction;
            _seed = seed;
        }

        public override Func<long, bool> Open(DataViewRow row) => index => (index == Chosen(Block(index))) == _validationIsRare;

        public override long? CountValidation(long rows)
        {
            // Every block has one row of the rare kind, the last one only if it goes that far.
            long last = Block(Math.Max(rows, 1) - 1);
            long rare = last + (Chosen(last) < rows ? 1 : 0);
            return _validationIsRare ? rare : rows - rare;
        }

        // Blocks of 1/rare rows; one row of each is the rare kind.
        private long Chosen(long block)
        {
            long first = First(block);
            return first + (long)(StableHash.Mix(_seed, block) % (ulong)(First(block + 1) - first));
        }

        private long Block(long index) => (long)Math.Floor((index + 0.5) * _rare);

        // The quotient's rounding may be one row off; what Block says decides.
        private long First(long block)
        {
            long first = Math.Max(0, (long)Math.Ceiling((block / _rare) - 0.5));
            while (Block(first) < block)
                first++;
            while (first > 0 && Block(first - 1) >= block)
                first--;
            return first;
        }
    }

    private sealed class KeySplitter(double fraction, long seed, DataViewSchema.Column column) : RowSplitter
    {
        public override DataViewSchema.Column? Column => column;

        public override Func<long, bool> Open(DataViewRow row)
        {
            Func<ulong> hash = StableHash.OpenColumn(row, column);
            return _ => StableHash.Uniform(seed, (long)hash()) < fraction;
        }
    }

    private sealed class FlagSplitter(DataViewSchema.Column column) : RowSplitter
    {
        public override DataViewSchema.Column? Column => column;

        public override Func<long, bool> Open(DataViewRow row)
        {
            ValueGetter<bool> getter = row.GetGetter<bool>(row.Schema[column.Index]);
            bool value = false;
            return _ =>
            {
                getter(ref value);
                return value;
            };
        }
    }
}
