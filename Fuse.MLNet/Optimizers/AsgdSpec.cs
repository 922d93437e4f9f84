using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Describes ASGD.</summary>
internal sealed record AsgdSpec(double LearningRate, double Lambda, double Alpha, double T0, double WeightDecay) : TorchSharpSpec(LearningRate)
{
    private protected override OptimizerHelper Make(IReadOnlyList<OptimizedGroup> groups) => optim.ASGD(
        groups.Select(group => new ASGD.ParamGroup(group.Values, new ASGD.Options { LearningRate = Rate(group), weight_decay = group.WeightDecay })),
        LearningRate, Lambda, Alpha, T0, WeightDecay);
}
