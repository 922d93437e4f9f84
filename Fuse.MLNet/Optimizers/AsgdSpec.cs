namespace Fuse.MLNet;

/// <summary>Describes ASGD.</summary>
internal sealed record AsgdSpec(double LearningRate, double Lambda, double Alpha, double T0, double WeightDecay) : OptimizerSpec(LearningRate)
{
    private protected override ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups) => new TorchSharpOptimizer(
        optim.ASGD(groups.Select(group => new TorchSharp.Modules.ASGD.ParamGroup(group.Values, new TorchSharp.Modules.ASGD.Options
        {
            LearningRate = LearningRate * group.LearningRateFactor,
            weight_decay = group.WeightDecay,
        })), LearningRate, Lambda, Alpha, T0, WeightDecay), LearningRate);
}
