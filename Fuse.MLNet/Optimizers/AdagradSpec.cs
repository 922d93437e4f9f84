namespace Fuse.MLNet;

/// <summary>Describes Adagrad.</summary>
internal sealed record AdagradSpec(double LearningRate, double LearningRateDecay, double WeightDecay, double InitialAccumulator, double Eps) : OptimizerSpec(LearningRate)
{
    private protected override ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups) => new TorchSharpOptimizer(
        optim.Adagrad(groups.Select(group => new TorchSharp.Modules.Adagrad.ParamGroup(group.Values, new TorchSharp.Modules.Adagrad.Options
        {
            LearningRate = LearningRate * group.LearningRateFactor,
            weight_decay = group.WeightDecay,
        })), LearningRate, LearningRateDecay, WeightDecay, InitialAccumulator, Eps), LearningRate);
}
