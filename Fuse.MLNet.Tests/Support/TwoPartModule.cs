namespace Fuse.MLNet.Tests;

/// <summary>Has two lines, one after the other, and an optimizer for each; by hand it steps the first on even batches and the second on odd ones.</summary>
public sealed class TwoPartModule : LightningModule
{
    [TorchSharp.Utils.ComponentName(Name = "first")]
    private readonly TorchSharp.Modules.Linear _first = nn.Linear(2, 4);
    [TorchSharp.Utils.ComponentName(Name = "second")]
    private readonly TorchSharp.Modules.Linear _second = nn.Linear(4, 3);
    private readonly string _patterns;
    private readonly int _used;

    /// <param name="isManual">Whether the module steps by itself.</param>
    /// <param name="patterns">The patterns of the two optimizers.</param>
    /// <param name="used">The optimizer that is stepped by hand.</param>
    public TwoPartModule(bool isManual, string patterns = "first.* second.*", int used = 0)
        : base(nameof(TwoPartModule))
    {
        AutomaticOptimization = !isManual;
        (_patterns, _used) = (patterns, used);
        RegisterComponents();
    }

    public override BatchDict forward(BatchDict input)
    {
        input["model.output"] = _second.call(_first.call(input["data.input"]));
        return input;
    }

    public override Tensor? TrainingStep(BatchDict batch)
    {
        Tensor loss = nn.functional.cross_entropy(call(batch)["model.output"], batch["data.label"]);
        Log("train.losses.loss", loss);
        if (AutomaticOptimization)
            return loss;
        ModuleOptimizer optimizer = Optimizer(((int)batch.GlobalStep % 2) + _used);
        optimizer.ZeroGrad();
        ManualBackward(loss);
        optimizer.Step();
        return null;
    }

    public override IReadOnlyList<OptimizerConfiguration> ConfigureOptimizers() =>
    [
        .. _patterns.Split(' ').Select((pattern, index) => new OptimizerConfiguration(
            index == 0 ? Optimizers.SGD(0.1, momentum: 0.9) with { Implementation = OptimizerImplementation.TorchSharp } : Optimizers.Adam(0.05) with { Implementation = OptimizerImplementation.TorchSharp },
            index == 0 ? Schedules.Step(1, 0.5) : null) { Parameters = [pattern] }),
    ];
}
