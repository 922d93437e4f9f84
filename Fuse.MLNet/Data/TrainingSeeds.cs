namespace Fuse.MLNet;

/// <summary>
/// Derives every random choice of a run from its one seed, so that an independent loop can repeat the run, and a resumed run needs no replay.
/// </summary>
/// <remarks>Each number is a SplitMix64 mix of the seed and its purpose; none depends on what was drawn before.</remarks>
public static class TrainingSeeds
{
    /// <summary>Gets the seed set before the network is built: <c>torch.random.manual_seed(TrainingSeeds.ForInitialization(seed))</c>.</summary>
    /// <param name="seed">The run's seed.</param>
    public static long ForInitialization(long seed) => Derive(seed, 1, 0);

    /// <summary>Gets the seed set before each training step, so that dropout depends only on the run's seed and the step.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="trainingStep">The number of training batches seen before.</param>
    public static long ForStep(long seed, long trainingStep) => Derive(seed, 2, trainingStep);

    /// <summary>Gets the seed set before each validation batch, for networks that draw random numbers there too.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="trainingStep">The number of training batches seen before.</param>
    /// <param name="batch">The validation batch, from 0.</param>
    public static long ForValidation(long seed, long trainingStep, int batch) => Derive(Derive(seed, 5, trainingStep), 5, batch);

    /// <summary>Gets the seed set before a hook of a module runs, such as that of an epoch's start.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="trainingStep">The number of training batches seen before.</param>
    /// <param name="hook">The hook: 0 and 1 for the training part's start and end, 2 and 3 for validation's.</param>
    public static long ForHook(long seed, long trainingStep, int hook) => Derive(Derive(seed, 7, trainingStep), 7, hook);

    /// <summary>Gets the seed of the split into training and validation rows.</summary>
    /// <param name="seed">The run's seed.</param>
    public static long ForSplit(long seed) => Derive(seed, 3, 0);

    /// <summary>Gets the order in which an epoch visits the rows: a uniformly random permutation of (seed, epoch).</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <returns>The indices 0 to count - 1, shuffled (Fisher and Yates).</returns>
    public static int[] Permutation(int count, long seed, int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int[] order = new int[count];
        long source = Derive(seed, 4, epoch);
        for (int i = 0; i < count; i++)
        {
            int j = (int)Math.BigMul(StableHash.Mix(source, i), (ulong)i + 1, out _);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /// <summary>Gets the slot of the shuffle buffer that a row of a streamed epoch takes, once the buffer is full: uniformly random, of (seed, epoch, row).</summary>
    /// <param name="slots">The number of rows that the buffer holds.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="row">The row's place among the training rows of the source, from 0.</param>
    /// <remarks>
    /// A streamed epoch visits its rows in this order. Row k takes slot k while k is below <paramref name="slots"/>; each later row takes the slot
    /// <c>ShuffleSlot(slots, seed, epoch, k)</c>, and the row that stood there until then is visited. When the source has ended, the n rows left are
    /// visited: those of the slots <c>Permutation(n, seed, epoch)</c>. A buffer for all rows gives the order of rows that are kept in memory.
    /// </remarks>
    public static int ShuffleSlot(int slots, long seed, int epoch, long row)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(slots);
        return (int)Math.BigMul(StableHash.Mix(Derive(seed, 8, epoch), row), (ulong)slots, out _);
    }

    /// <summary>Gets the seed of the random numbers of a transform of training batches: <c>new RowRandom(TrainingSeeds.ForTransform(seed, i), epoch, rows)</c>.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="transform">The transform's place among those of the run, from 0.</param>
    /// <remarks>Training numbers a row by its index in the data, from 0, plus 2^32 for each time that a sampler gave it before in the epoch.</remarks>
    public static long ForTransform(long seed, int transform) => Derive(seed, 7, transform);

    /// <summary>Gets the seed from which a process takes the random numbers of its steps, such as dropout's, when several train together; rows and weights follow the run's seed in all of them.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="rank">The process's rank; 0 has the run's seed itself.</param>
    public static long ForRank(long seed, int rank) => rank == 0 ? seed : Derive(seed, 9, rank);

    /// <summary>Gets the seed of a part of the balanced sampler's choices; parts have parts of their own.</summary>
    internal static long ForSampler(long seed, long part) => Derive(seed, 6, part);

    private static long Derive(long seed, int purpose, long index) => (long)(StableHash.Mix((long)StableHash.Mix(seed, purpose), index) >> 1);
}
