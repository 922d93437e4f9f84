using System.Runtime.InteropServices;

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
    public LossValue Forward(BatchDict batch)
    {
        BatchDict seen = batch;
        try
        {
            seen = _loss.Preprocess?.Invoke(batch) ?? batch;
            LossValue loss = LossReduction.Mean(_loss.Compute(seen, _state), seen);
            if (loss.Value.dim() != 0)
                throw new InvalidOperationException($"it gave a tensor of shape [{string.Join(", ", loss.Value.shape)}] where a scalar was expected");
            return _loss.Weight == 1 ? loss : loss with { Value = loss.Value * _loss.Weight };
        }
        catch (Exception error) when (error is ExternalException or InvalidOperationException or ArgumentException or KeyNotFoundException)
        {
            throw MLNetErrors.Mark(new InvalidOperationException(
                $"The loss '{LossName}' ({_loss.GetType().Name}) failed: {NativeErrors.FirstLine(error)}{Environment.NewLine}The batch holds:{Environment.NewLine}{seen}", error));
        }
    }
}
