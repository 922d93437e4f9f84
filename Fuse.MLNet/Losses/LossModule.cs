namespace Fuse.MLNet;

/// <summary>Holds one named loss of a run: its description and the module built from it.</summary>
internal sealed class LossModule : nn.Module
{
    private readonly LossBase _loss;
    [TorchSharp.Utils.ComponentName(Name = "loss")]
    private readonly nn.Module? _state;

    public LossModule(string name, LossBase loss)
        : base(name)
    {
        LossName = name;
        _loss = loss;
        _state = loss.BuildModule();
        RegisterComponents();
    }

    public string LossName { get; }

    /// <summary>Computes the weighted loss of a batch.</summary>
    /// <exception cref="InvalidOperationException">The computation failed; the message names the loss and the shapes it saw.</exception>
    public LossValue Forward(BatchDict batch) => Guard(batch, seen =>
    {
        LossValue loss = LossReduction.Mean(_loss.Compute(seen, _state), seen);
        return loss with { Value = Weigh(loss.Value) };
    });

    /// <summary>Computes the weighted loss <c>[N]</c> of each row of a batch.</summary>
    /// <exception cref="InvalidOperationException">The computation failed, or the loss has no rows.</exception>
    public Tensor ForwardRows(BatchDict batch) => Guard(batch, seen =>
    {
        Tensor rows = LossReduction.Rows(_loss.Compute(seen, _state), seen.RowCount);
        if (rows.shape[0] != batch.RowCount)
            throw new InvalidOperationException($"it gave losses of {rows.shape[0]} rows for {batch.RowCount} of them; a loss column cannot leave rows out by {nameof(LossBase.Preprocess)}");
        return Weigh(rows);
    });

    private Tensor Weigh(Tensor loss)
    {
        if (_loss.Weight == 1)
            return loss;
        using Scalar weight = _loss.Weight;
        return loss * weight;
    }

    private T Guard<T>(BatchDict batch, Func<BatchDict, T> compute)
    {
        string Failed() => $"The loss '{LossName}' ({_loss.GetType().Name}) failed";
        BatchDict seen = _loss.Preprocess is { } preprocess ? BatchErrors.Guard(Failed, batch, () => preprocess(batch)) : batch;
        return BatchErrors.Guard(Failed, seen, () => compute(seen));
    }
}
