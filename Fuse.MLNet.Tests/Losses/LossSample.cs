namespace Fuse.MLNet.Tests;

/// <summary>Holds a loss and how batches for it are made: keys <c>p</c> and <c>t</c>, features <c>p</c> and <c>q</c>, mask <c>m</c>.</summary>
/// <param name="Name">A name for messages.</param>
/// <param name="Loss">The loss.</param>
/// <param name="Prediction">Makes the shape of <c>p</c> from rows and side.</param>
/// <param name="Target">Makes <c>t</c> from the prediction.</param>
internal sealed record LossSample(string Name, LossBase Loss, Func<long, long, long[]> Prediction, Func<Tensor, Tensor> Target)
{
    /// <summary>Gets whether <c>p</c> holds probabilities instead of logits.</summary>
    public bool IsProbability { get; init; }

    /// <summary>Gets whether the loss leaves out targets that are missing.</summary>
    public bool LeavesOut { get; init; } = true;

    /// <summary>Makes a batch.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="side">The side of maps.</param>
    /// <param name="type">The type of predictions.</param>
    /// <param name="isExtreme">Whether logits go up to 100, with all extremes among them.</param>
    public BatchDict Make(long rows, long side, ScalarType type, bool isExtreme = false)
    {
        random.manual_seed(11);
        Tensor p = randn(Prediction(rows, side), dtype: ScalarType.Float64);
        Tensor q = randn(p.shape, dtype: ScalarType.Float64);
        if (isExtreme)
            (p, q) = ((p * 100).clamp(-100, 100), (q * 100).clamp(-100, 100));
        if (IsProbability)
            p = isExtreme ? p.gt(0).to(ScalarType.Float64) : (p.sigmoid() * 0.9) + 0.05;
        Tensor t = Target(p);
        var batch = new BatchDict
        {
            RowCount = (int)rows,
            Phase = Phase.Train,
            GlobalStep = 100,
            ["p"] = p.to(type).requires_grad_(),
            ["q"] = q.to(type).requires_grad_(),
            ["t"] = t.is_floating_point() ? t.to(type) : t,
            ["m"] = arange(rows).remainder(2).eq(0),
        };
        return batch;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
