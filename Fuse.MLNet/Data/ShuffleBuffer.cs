namespace Fuse.MLNet;

/// <summary>Mixes rows that come one after the other: keeps a number of them, and gives one out for each that comes. See <see cref="TrainingSeeds.ShuffleSlot"/>.</summary>
internal sealed class ShuffleBuffer(RowSource source, int slots, long seed)
{
    private readonly List<long> _indices = [];
    private long _seen;
    private int _epoch;

    /// <summary>Gets the rows, by slot.</summary>
    public StagedRows Rows { get; } = new(source);

    /// <summary>Gets the index in the source of the row in a slot.</summary>
    public long Index(int slot) => _indices[slot];

    /// <summary>Empties the buffer for another epoch.</summary>
    public void Begin(int epoch) => (_epoch, _seen) = (epoch, 0);

    /// <summary>Takes the row that a cursor stands on, after the row in whose slot it comes was visited.</summary>
    /// <param name="row">The cursor.</param>
    /// <param name="visit">Visits the row in a slot, and returns whether more are wanted.</param>
    /// <returns>Whether more are wanted.</returns>
    public bool Add(RowCursor row, Func<int, bool> visit)
    {
        bool isFull = _seen >= slots;
        int slot = isFull ? TrainingSeeds.ShuffleSlot(slots, seed, _epoch, _seen) : (int)_seen;
        if (isFull && !visit(slot))
            return false;
        if (slot < Rows.Count)
        {
            Rows.Replace(slot, row);
            _indices[slot] = row.Index;
        }
        else
        {
            Rows.Add(row);
            _indices.Add(row.Index);
        }
        _seen++;
        return true;
    }

    /// <summary>Visits the rows that are left when the source has ended.</summary>
    /// <param name="visit">Visits the row in a slot, and returns whether more are wanted.</param>
    /// <returns>Whether more are wanted.</returns>
    public bool Drain(Func<int, bool> visit) => TrainingSeeds.Permutation((int)Math.Min(_seen, slots), seed, _epoch).All(visit);
}
