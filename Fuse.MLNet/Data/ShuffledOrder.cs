namespace Fuse.MLNet;

/// <summary>Visits every row once an epoch, each epoch in an order of its own.</summary>
internal sealed class ShuffledOrder(int[] rows, long seed) : RowOrder(rows)
{
    public override int[] OfEpoch(int epoch)
    {
        int[] order = TrainingSeeds.Permutation(Rows.Length, seed, epoch);
        for (int i = 0; i < order.Length; i++)
            order[i] = Rows[order[i]];
        return order;
    }
}
