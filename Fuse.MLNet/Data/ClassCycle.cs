namespace Fuse.MLNet;

/// <summary>Deals out the rows of a class, all of them in random order before any comes again.</summary>
/// <param name="rows">The class's rows.</param>
/// <param name="seed">The seed of the orders.</param>
/// <param name="dealt">The number of rows dealt out before; nothing is replayed.</param>
internal sealed class ClassCycle(int[] rows, long seed, long dealt = 0)
{
    private long _dealt = dealt;
    private long _cycle = -1;
    private int[] _order = [];

    public int Next()
    {
        (long cycle, long place) = Math.DivRem(_dealt++, rows.Length);
        if (cycle != _cycle)
            (_cycle, _order) = (cycle, TrainingSeeds.Permutation(rows.Length, TrainingSeeds.ForSampler(seed, cycle), 0));
        return rows[_order[place]];
    }
}
