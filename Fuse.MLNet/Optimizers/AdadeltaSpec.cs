namespace Fuse.MLNet;

/// <summary>Describes Adadelta.</summary>
internal sealed record AdadeltaSpec(double LearningRate, double Rho, double Eps, double WeightDecay) : OptimizerSpec(LearningRate)
{
    private protected override ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups) => new TorchSharpOptimizer(
        optim.Adadelta(groups.Select(group => new TorchSharp.Modules.Adadelta.ParamGroup(group.Values, new TorchSharp.Modules.Adadelta.Options
        {
            LearningRate = LearningRate * group.LearningRateFactor,
            weight_decay = group.WeightDecay,
        })), LearningRate, Rho, Eps, WeightDecay), LearningRate);
}
