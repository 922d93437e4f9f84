namespace Fuse.MLNet;

/// <summary>Visits every row once an epoch, each epoch in an order of its own.</summary>
internal sealed class ShuffledOrder(int count, long seed) : RowOrder(count)
{
    public override int[] OfEpoch(int epoch) => TrainingSeeds.Permutation(Count, seed, epoch);
}
