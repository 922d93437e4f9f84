namespace Fuse.MLNet.Tests;

/// <summary>Has a training step with a dispose scope of its own, and a forward pass that logs.</summary>
public sealed class ScopedModule : LightningModule
{
    [TorchSharp.Utils.ComponentName(Name = "network")]
    private readonly TinyClassifier _network = new();
    private readonly bool _fails;

    public ScopedModule(bool fails)
        : base(nameof(ScopedModule))
    {
        _fails = fails;
        RegisterComponents();
    }

    public override BatchDict forward(BatchDict input)
    {
        Log("forwards.training", input.Phase == Phase.Train ? 1 : 0);
        input["model.output"] = _network.call(input["data.input"]);
        return input;
    }

    public override Tensor TrainingStep(BatchDict batch)
    {
        using var scope = NewDisposeScope();
        // A look without gradients first, as at a teacher's output.
        using (no_grad())
            call(batch);
        Tensor loss = nn.functional.cross_entropy(call(batch)["model.output"], batch["data.label"]);
        if (_fails)
            throw new ArgumentException("the real error");
        return loss.MoveToOuterDisposeScope();
    }
}
