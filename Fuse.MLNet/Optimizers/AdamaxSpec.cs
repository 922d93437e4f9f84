namespace Fuse.MLNet;

/// <summary>Describes Adamax.</summary>
internal sealed record AdamaxSpec(double LearningRate, double Beta1, double Beta2, double Eps, double WeightDecay) : OptimizerSpec(LearningRate)
{
    private protected override ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups) => new TorchSharpOptimizer(
        optim.Adamax(groups.Select(group => new TorchSharp.Modules.Adamax.ParamGroup(group.Values, new TorchSharp.Modules.Adamax.Options
        {
            LearningRate = LearningRate * group.LearningRateFactor,
            weight_decay = group.WeightDecay,
        })), LearningRate, Beta1, Beta2, Eps, WeightDecay), LearningRate);
}
