namespace Fuse.MLNet;

/// <summary>Describes RAdam.</summary>
internal sealed record RAdamSpec(double LearningRate, double Beta1, double Beta2, double Eps, double WeightDecay) : OptimizerSpec(LearningRate)
{
    private protected override ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups) => new TorchSharpOptimizer(
        optim.RAdam(groups.Select(group => new TorchSharp.Modules.RAdam.ParamGroup(group.Values, new TorchSharp.Modules.RAdam.Options
        {
            LearningRate = LearningRate * group.LearningRateFactor,
            weight_decay = group.WeightDecay,
        })), LearningRate, Beta1, Beta2, Eps, WeightDecay), LearningRate);
}
