using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Describes RAdam.</summary>
internal sealed record RAdamSpec(double LearningRate, double Beta1, double Beta2, double Eps, double WeightDecay) : TorchSharpSpec(LearningRate)
{
    private protected override FusedKernel Kernel => new("radam", ["exp_avg", "exp_avg_sq"], WeightDecay, [Beta1, Beta2, Eps]);

    private protected override OptimizerHelper Make(IReadOnlyList<OptimizedGroup> groups) => optim.RAdam(
        groups.Select(group => new RAdam.ParamGroup(group.Values, new RAdam.Options { LearningRate = Rate(group), weight_decay = group.WeightDecay })),
        LearningRate, Beta1, Beta2, Eps, WeightDecay);
}
