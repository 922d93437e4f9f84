namespace Fuse.MLNet;

/// <summary>Describes Rprop.</summary>
internal sealed record RpropSpec(double LearningRate, double EtaMinus, double EtaPlus, double MinStep, double MaxStep) : OptimizerSpec(LearningRate)
{
    private protected override ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups) => new TorchSharpOptimizer(
        optim.Rprop(groups.Select(group => new TorchSharp.Modules.Rprop.ParamGroup(group.Values, new TorchSharp.Modules.Rprop.Options
        {
            LearningRate = LearningRate * group.LearningRateFactor,
        })), LearningRate, EtaMinus, EtaPlus, MinStep, MaxStep), LearningRate);
}
