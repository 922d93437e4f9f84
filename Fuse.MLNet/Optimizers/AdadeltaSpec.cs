using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Describes Adadelta.</summary>
internal sealed record AdadeltaSpec(double LearningRate, double Rho, double Eps, double WeightDecay) : TorchSharpSpec(LearningRate)
{
    private protected override OptimizerHelper Make(IReadOnlyList<OptimizedGroup> groups) => optim.Adadelta(
        groups.Select(group => new Adadelta.ParamGroup(group.Values, new Adadelta.Options { LearningRate = Rate(group), weight_decay = group.WeightDecay })),
        LearningRate, Rho, Eps, WeightDecay);
}
