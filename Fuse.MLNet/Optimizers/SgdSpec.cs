using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Describes SGD.</summary>
internal sealed record SgdSpec(double LearningRate, double Momentum, double Dampening, double WeightDecay, bool Nesterov) : TorchSharpSpec(LearningRate)
{
    private protected override FusedKernel Kernel => new("sgd", Momentum > 0 ? ["momentum_buffer"] : [], WeightDecay, [Momentum, Dampening, Nesterov ? 1 : 0]);

    private protected override OptimizerHelper Make(IReadOnlyList<OptimizedGroup> groups) => optim.SGD(
        groups.Select(group => new SGD.ParamGroup(group.Values, new SGD.Options { LearningRate = Rate(group), weight_decay = group.WeightDecay })),
        LearningRate, Momentum, Dampening, WeightDecay, Nesterov);
}
