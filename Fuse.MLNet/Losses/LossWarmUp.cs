namespace Fuse.MLNet;

/// <summary>Turns a loss on after a number of training steps.</summary>
/// <remarks>
/// FuseMedML's <c>LossWarmUp</c>, as a function of the batch's <see cref="BatchDict.GlobalStep"/> and <see cref="BatchDict.Phase"/> alone, so that
/// a resumed run goes on where it stopped. While it waits it is a 0 that backward accepts, also alone; outside training the loss is always computed.
/// </remarks>
public sealed record LossWarmUp : WrappedLoss
{
    /// <summary>Describes the loss.</summary>
    /// <param name="loss">The loss to turn on; its own weight and preprocessing stay.</param>
    /// <param name="iterations">The number of training steps without it.</param>
    public LossWarmUp(LossBase loss, long iterations)
        : base(loss)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(iterations);
        Iterations = iterations;
    }

    /// <summary>Gets the number of training steps without it.</summary>
    public long Iterations { get; }

    /// <inheritdoc/>
    protected internal override LossTerms Compute(BatchDict batch, nn.Module? module)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Phase == Phase.Train && batch.GlobalStep < Iterations ? new(Zero(batch)) { IsReduced = true } : NestedLoss.Compute(Loss, batch, module);
    }

    // Joined to the graph, so that a run whose only loss waits can go backward, with gradients of 0 everywhere.
    private Tensor Zero(BatchDict batch)
    {
        Tensor? source = PredictionKey is { } key ? batch[key]
            : batch.Select(pair => pair.Value).OfType<Tensor>().FirstOrDefault(tensor => tensor.requires_grad);
        return source is { requires_grad: true } ? ZeroLoss.Of(source) : zeros([], device: source?.device ?? AnyDevice(batch), requires_grad: true);
    }

    private static Device AnyDevice(BatchDict batch) => batch.Select(pair => pair.Value).OfType<Tensor>().FirstOrDefault()?.device ?? CPU;
}
