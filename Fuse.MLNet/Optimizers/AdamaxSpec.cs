using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Describes Adamax.</summary>
internal sealed record AdamaxSpec(double LearningRate, double Beta1, double Beta2, double Eps, double WeightDecay) : TorchSharpSpec(LearningRate)
{
    private protected override OptimizerHelper Make(IReadOnlyList<OptimizedGroup> groups) => optim.Adamax(
        groups.Select(group => new Adamax.ParamGroup(group.Values, new Adamax.Options { LearningRate = Rate(group), weight_decay = group.WeightDecay })),
        LearningRate, Beta1, Beta2, Eps, WeightDecay);
}
