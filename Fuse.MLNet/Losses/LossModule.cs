namespace Fuse.MLNet;

/// <summary>Holds one named loss of a run: its description and the module built from it.</summary>
internal sealed class LossModule : nn.Module
{
    private readonly LossBase _loss;
    [TorchSharp.Utils.ComponentName(Name = "loss")]
    private readonly nn.Module? _state;
    private (string? Prefix, string Name) _logged = (null, "");

    public LossModule(string name, LossBase loss)
        : base(name)
    {
        (LossName, Key) = (name, $"losses.{name}");
        _loss = loss;
        _state = loss.BuildModule();
        RegisterComponents();
    }

    public string LossName { get; }

    /// <summary>Gets the batch key of the loss's value.</summary>
    public string Key { get; }

    /// <summary>Gets the logged name of the loss under a prefix.</summary>
    public string LoggedName(string prefix)
    {
        if (_logged.Prefix != prefix)
            _logged = (prefix, $"{prefix}.{Key}");
        return _logged.Name;
    }

    /// <summary>Computes the weighted loss of a batch.</summary>
    /// <exception cref="InvalidOperationException">The computation failed; the message names the loss and the shapes it saw.</exception>
    public LossValue Forward(BatchDict batch) => Guard(batch, static (self, seen) =>
    {
        LossValue loss = self._loss.Mean(seen, self._state, LossReduction.ExampleWeights(seen));
        return loss with { Value = self.Weigh(loss.Value) };
    });

    /// <summary>Computes the weighted loss <c>[N]</c> of each row of a batch.</summary>
    /// <exception cref="InvalidOperationException">The computation failed, or the loss has no rows.</exception>
    public Tensor ForwardRows(BatchDict batch) => Guard(batch, (self, seen) =>
    {
        Tensor rows = LossReduction.Rows(self._loss.Compute(seen, self._state), seen.RowCount);
        if (rows.shape[0] != batch.RowCount)
            throw new InvalidOperationException($"it gave losses of {rows.shape[0]} rows for {batch.RowCount} of them; a loss column cannot leave rows out by {nameof(LossBase.Preprocess)}");
        return self.Weigh(rows);
    });

    private Tensor Weigh(Tensor loss)
    {
        if (_loss.Weight == 1)
            return loss;
        using Scalar weight = _loss.Weight;
        return loss * weight;
    }

    // The function is given the module, so that the one of each step need not be made anew.
    private T Guard<T>(BatchDict batch, Func<LossModule, BatchDict, T> compute)
    {
        BatchDict seen = batch;
        try
        {
            if (_loss.Preprocess is { } preprocess)
                seen = preprocess(batch);
            return compute(this, seen);
        }
        catch (Exception error) when (BatchErrors.IsOfTheBatch(error))
        {
            throw BatchErrors.Describe($"The loss '{LossName}' ({_loss.GetType().Name}) failed", seen, error);
        }
    }
}
