namespace Fuse.MLNet;

/// <summary>Says how the processes that train together divide the rows.</summary>
public enum ShardingMode
{
    /// <summary>
    /// Every process is given the same rows and takes its share of each batch, those at its rank modulo the number of processes. The run is that of one process with batches as large as all of theirs:
    /// the same order, the same split, the same samplers and limits, also while rows are shuffled. Each process reads all rows.
    /// </summary>
    ByRow,

    /// <summary>
    /// Every process is given rows of its own, such as those of <c>files[rank]</c>, which it alone reads and shuffles. An epoch lasts until the last process has no more; one that ends before follows
    /// with no rows. Keys must have the same values, and standardized columns the same mean, in every process.
    /// </summary>
    ByFile,
}
