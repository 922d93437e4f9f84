using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Describes Adagrad.</summary>
internal sealed record AdagradSpec(double LearningRate, double LearningRateDecay, double WeightDecay, double InitialAccumulator, double Eps) : TorchSharpSpec(LearningRate)
{
    private protected override FusedKernel Kernel => new("adagrad", ["sum"], WeightDecay, [LearningRateDecay, Eps]) { InitialSum = InitialAccumulator };

    private protected override OptimizerHelper Make(IReadOnlyList<OptimizedGroup> groups) => optim.Adagrad(
        groups.Select(group => new Adagrad.ParamGroup(group.Values, new Adagrad.Options { LearningRate = Rate(group), weight_decay = group.WeightDecay })),
        LearningRate, LearningRateDecay, WeightDecay, InitialAccumulator, Eps);
}
