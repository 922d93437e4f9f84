using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Describes RMSProp.</summary>
internal sealed record RmsPropSpec(double LearningRate, double Alpha, double Eps, double WeightDecay, double Momentum, bool Centered) : TorchSharpSpec(LearningRate)
{
    private protected override FusedKernel Kernel => new("rmsprop", ["square_avg", Momentum > 0 ? "momentum_buffer" : "", Centered ? "grad_avg" : ""], WeightDecay, [Alpha, Eps, Momentum]);

    private protected override OptimizerHelper Make(IReadOnlyList<OptimizedGroup> groups) => optim.RMSProp(
        groups.Select(group => new RMSProp.ParamGroup(group.Values, new RMSProp.Options { LearningRate = Rate(group), weight_decay = group.WeightDecay })),
        LearningRate, Alpha, Eps, WeightDecay, Momentum, Centered);
}
