namespace Fuse.MLNet;

/// <summary>Averages gradients over the processes of a run, each weighing by its rows.</summary>
/// <remarks>TorchSharp has no hooks on gradients, so the exchange begins when backward has ended.</remarks>
internal sealed class GradientExchange(RankAgreement ranks) : IDisposable
{
    // PyTorch's DistributedDataParallel takes 25 MB as well.
    private const long MostBytes = 25 << 20;
    private readonly Dictionary<IReadOnlyList<Parameter>, FlatGradients[]> _flat = [];

    /// <summary>Gets the batch normalizations that measure the rows of all processes, or null when each measures its own.</summary>
    public SyncBatchNorm? BatchNorm { get; init; }

    /// <summary>Gets whether there is no other process.</summary>
    public bool IsAlone => ranks.IsAlone;

    /// <summary>Meets the others at the end of a batch's backward.</summary>
    /// <param name="isIdle">Whether this process had no batch, and follows the others to there.</param>
    /// <param name="hasLoss">Whether its batch has a loss.</param>
    /// <param name="isLast">Whether it has no more batches in this epoch.</param>
    public RankRound EndBatch(bool isIdle, bool hasLoss, bool isLast)
    {
        while (true)
        {
            RankRound round = ranks.Meet(isIdle ? RankOperation.Idle : RankOperation.Batch, hasLoss: hasLoss, isLast: isLast);
            if (round.Operation != RankOperation.BatchNorm)
                return round;
            BatchNorm!.Follow(round.Length);
        }
    }

    /// <summary>Meets the others before an optimizer steps in manual optimization.</summary>
    /// <param name="optimizer">Its place.</param>
    public void BeginStep(int optimizer) => ranks.Meet(RankOperation.Step, optimizer + 1);

    /// <summary>Replaces gradients by their mean over the rows of all processes; the others do the same now.</summary>
    /// <param name="parameters">The parameters, always the same list.</param>
    /// <param name="rows">The rows of this process; 0 leaves its gradients out.</param>
    /// <param name="isSum">Whether the gradients are sums over the rows and not means.</param>
    public void Average(IReadOnlyList<Parameter> parameters, long rows, bool isSum)
    {
        if (!_flat.TryGetValue(parameters, out FlatGradients[]? parts))
            _flat[parameters] = parts = FlatGradients.Of(parameters, MostBytes);
        // Where all have as many rows, their means count alike: large gradients need not be multiplied first.
        bool isEven = !isSum && parts.Any(part => part.HasLarge) && IsEven(rows);
        foreach (FlatGradients part in parts)
            part.Average(ranks.Group, rows, isSum || isEven ? 1 : rows, isEven ? ranks.Size : null);
    }

    private bool IsEven(long rows)
    {
        int[] ends = [(int)Math.Min(int.MaxValue, rows), (int)Math.Max(-int.MaxValue, -rows)];
        ranks.Group.AllReduceMax(ends);
        return rows < int.MaxValue && ends[0] == -ends[1];
    }

    /// <summary>Gets the mean of a value over the rows of all processes.</summary>
    public double Average(double value, long rows)
    {
        double[] sums = [rows > 0 ? value * rows : 0, rows];
        ranks.Group.AllReduceSum(sums);
        return sums[0] / Math.Max(1, sums[1]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        BatchNorm?.Dispose();
        foreach (FlatGradients part in _flat.Values.SelectMany(parts => parts))
            part.Dispose();
    }
}
