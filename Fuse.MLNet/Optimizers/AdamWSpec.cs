namespace Fuse.MLNet;

/// <summary>Describes AdamW.</summary>
internal sealed record AdamWSpec(double LearningRate, double Beta1, double Beta2, double Eps, double WeightDecay, bool Amsgrad) : OptimizerSpec(LearningRate)
{
    private protected override ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups) => new TorchSharpOptimizer(
        optim.AdamW(groups.Select(group => new TorchSharp.Modules.AdamW.ParamGroup(group.Values, new TorchSharp.Modules.AdamW.Options
        {
            LearningRate = LearningRate * group.LearningRateFactor,
            weight_decay = group.WeightDecay,
        })), LearningRate, Beta1, Beta2, Eps, WeightDecay, Amsgrad), LearningRate, Amsgrad ? ".amsgrad" : "");
}
