using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Describes NAdam.</summary>
internal sealed record NAdamSpec(double LearningRate, double Beta1, double Beta2, double Eps, double WeightDecay, double MomentumDecay) : TorchSharpSpec(LearningRate)
{
    private protected override OptimizerHelper Make(IReadOnlyList<OptimizedGroup> groups) => optim.NAdam(
        groups.Select(group => new NAdam.ParamGroup(group.Values, new NAdam.Options { LearningRate = Rate(group), weight_decay = group.WeightDecay })),
        LearningRate, Beta1, Beta2, Eps, WeightDecay, MomentumDecay);
}
