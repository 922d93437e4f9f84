using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Describes an optimizer that TorchSharp has, and its fused kernel if there is one.</summary>
internal abstract record TorchSharpSpec(double LearningRate) : OptimizerSpec(LearningRate)
{
    /// <summary>Gets the kernel that does the same in one call.</summary>
    private protected virtual FusedKernel? Kernel => null;

    /// <summary>Gets a name of the options that change which tensors the state has.</summary>
    private protected virtual string Variant => "";

    /// <summary>Gets whether the optimizer has a weight decay.</summary>
    private protected virtual bool HasWeightDecay => true;

    private protected sealed override ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups)
    {
        if (!HasWeightDecay && groups.Any(group => group.WeightDecay is not null))
            throw MLNetErrors.Mark(new ArgumentException($"This optimizer has no weight decay: leave {nameof(ParameterGroup.WeightDecay)} of its {nameof(Groups)} out."));
        return Implementation == OptimizerImplementation.Auto && Kernel is { } kernel && FusedOptimizer.Fits(kernel, groups)
            ? new FusedOptimizer(kernel, groups, LearningRate)
            : new TorchSharpOptimizer(Make(groups), LearningRate, Variant);
    }

    private protected abstract OptimizerHelper Make(IReadOnlyList<OptimizedGroup> groups);

    private protected double Rate(OptimizedGroup group) => LearningRate * group.LearningRateFactor;
}
