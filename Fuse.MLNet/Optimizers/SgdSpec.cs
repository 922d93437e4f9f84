namespace Fuse.MLNet;

/// <summary>Describes SGD.</summary>
internal sealed record SgdSpec(double LearningRate, double Momentum, double Dampening, double WeightDecay, bool Nesterov) : OptimizerSpec(LearningRate)
{
    private protected override ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups) => new TorchSharpOptimizer(
        optim.SGD(groups.Select(group => new TorchSharp.Modules.SGD.ParamGroup(group.Values, new TorchSharp.Modules.SGD.Options
        {
            LearningRate = LearningRate * group.LearningRateFactor,
            weight_decay = group.WeightDecay,
        })), LearningRate, Momentum, Dampening, WeightDecay, Nesterov), LearningRate);
}
