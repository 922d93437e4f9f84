namespace Fuse.MLNet;

/// <summary>Holds the rows of one class and its share of a batch.</summary>
/// <param name="Class">The class index.</param>
/// <param name="Rows">The indices of its training rows.</param>
/// <param name="Weight">The rows of it in a batch, or its probability.</param>
internal sealed record ClassShare(long Class, int[] Rows, double Weight)
{
    /// <summary>Gets the mean number of its rows in a batch.</summary>
    public double PerBatch(BatchSamplerMode mode, int batchSize) => mode == BatchSamplerMode.Exact ? Weight : Weight * batchSize;
}
