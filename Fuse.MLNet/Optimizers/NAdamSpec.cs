namespace Fuse.MLNet;

/// <summary>Describes NAdam.</summary>
internal sealed record NAdamSpec(double LearningRate, double Beta1, double Beta2, double Eps, double WeightDecay, double MomentumDecay) : OptimizerSpec(LearningRate)
{
    private protected override ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups) => new TorchSharpOptimizer(
        optim.NAdam(groups.Select(group => new TorchSharp.Modules.NAdam.ParamGroup(group.Values, new TorchSharp.Modules.NAdam.Options
        {
            LearningRate = LearningRate * group.LearningRateFactor,
            weight_decay = group.WeightDecay,
        })), LearningRate, Beta1, Beta2, Eps, WeightDecay, MomentumDecay), LearningRate);
}
