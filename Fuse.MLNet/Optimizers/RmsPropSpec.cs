namespace Fuse.MLNet;

/// <summary>Describes RMSProp.</summary>
internal sealed record RmsPropSpec(double LearningRate, double Alpha, double Eps, double WeightDecay, double Momentum, bool Centered) : OptimizerSpec(LearningRate)
{
    private protected override ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups) => new TorchSharpOptimizer(
        optim.RMSProp(groups.Select(group => new TorchSharp.Modules.RMSProp.ParamGroup(group.Values, new TorchSharp.Modules.RMSProp.Options
        {
            LearningRate = LearningRate * group.LearningRateFactor,
            weight_decay = group.WeightDecay,
        })), LearningRate, Alpha, Eps, WeightDecay, Momentum, Centered), LearningRate);
}
