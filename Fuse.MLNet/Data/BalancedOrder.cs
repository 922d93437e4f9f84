namespace Fuse.MLNet;

/// <summary>Visits rows in batches that hold the classes in proportion.</summary>
internal sealed class BalancedOrder(int count, ClassShare[] shares, BatchSamplerMode mode, int batches, int batchSize, long seed) : RowOrder(count)
{
    // Classes have the seeds from 0 on.
    private const int Slots = -1;

    public override int EpochLength => batches * batchSize;

    public override bool Repeats => true;

    public override int[] OfEpoch(int epoch) => mode == BatchSamplerMode.Exact ? Exact(epoch) : Approximate(epoch);

    private int[] Exact(int epoch)
    {
        ClassCycle[] cycles = [.. shares.Select((share, index) => new ClassCycle(share.Rows, TrainingSeeds.ForSampler(seed, index), epoch * (long)batches * (int)share.Weight))];
        // The classes of a batch's rows, one class after the other: each batch puts them in an order of its own.
        int[] classes = [.. shares.SelectMany((share, index) => Enumerable.Repeat(index, (int)share.Weight))];
        int[] order = new int[EpochLength];
        for (int batch = 0; batch < batches; batch++)
        {
            int[] places = TrainingSeeds.Permutation(batchSize, TrainingSeeds.ForSampler(TrainingSeeds.ForSampler(seed, Slots), batch), epoch);
            for (int i = 0; i < places.Length; i++)
                order[(batch * batchSize) + places[i]] = cycles[classes[i]].Next();
        }
        return order;
    }

    private int[] Approximate(int epoch)
    {
        ClassCycle[] cycles = [.. shares.Select((share, index) => new ClassCycle(share.Rows, TrainingSeeds.ForSampler(TrainingSeeds.ForSampler(seed, index), epoch)))];
        long source = TrainingSeeds.ForSampler(TrainingSeeds.ForSampler(seed, Slots), epoch);
        int[] order = new int[EpochLength];
        for (int i = 0; i < order.Length; i++)
            order[i] = cycles[Class(StableHash.Uniform(source, i))].Next();
        return order;
    }

    private int Class(double draw)
    {
        int index = 0;
        for (; index < shares.Length - 1 && draw >= shares[index].Weight; index++)
            draw -= shares[index].Weight;
        return index;
    }
}
