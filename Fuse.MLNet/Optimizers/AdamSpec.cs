namespace Fuse.MLNet;

/// <summary>Describes Adam.</summary>
internal sealed record AdamSpec(double LearningRate, double Beta1, double Beta2, double Eps, double WeightDecay, bool Amsgrad) : OptimizerSpec(LearningRate)
{
    private protected override ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups) => new TorchSharpOptimizer(
        optim.Adam(groups.Select(group => new TorchSharp.Modules.Adam.ParamGroup(group.Values, new TorchSharp.Modules.Adam.Options
        {
            LearningRate = LearningRate * group.LearningRateFactor,
            weight_decay = group.WeightDecay,
        })), LearningRate, Beta1, Beta2, Eps, WeightDecay, Amsgrad), LearningRate, Amsgrad ? ".amsgrad" : "");
}
