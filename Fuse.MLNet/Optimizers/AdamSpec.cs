using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Describes Adam.</summary>
internal sealed record AdamSpec(double LearningRate, double Beta1, double Beta2, double Eps, double WeightDecay, bool Amsgrad) : TorchSharpSpec(LearningRate)
{
    private protected override FusedKernel Kernel => new("adam", Amsgrad ? ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"] : ["exp_avg", "exp_avg_sq"], WeightDecay, [Beta1, Beta2, Eps]);

    private protected override string Variant => Amsgrad ? "_amsgrad" : "";

    private protected override OptimizerHelper Make(IReadOnlyList<OptimizedGroup> groups) => optim.Adam(
        groups.Select(group => new Adam.ParamGroup(group.Values, new Adam.Options { LearningRate = Rate(group), weight_decay = group.WeightDecay })),
        LearningRate, Beta1, Beta2, Eps, WeightDecay, Amsgrad);
}
