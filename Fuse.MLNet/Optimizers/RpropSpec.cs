using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Describes Rprop.</summary>
internal sealed record RpropSpec(double LearningRate, double EtaMinus, double EtaPlus, double MinStep, double MaxStep) : TorchSharpSpec(LearningRate)
{
    private protected override FusedKernel Kernel => new("rprop", ["prev", "step_size"], 0, [EtaMinus, EtaPlus, MinStep, MaxStep]);

    private protected override bool HasWeightDecay => false;

    // TorchSharp 0.107 puts numbers of other types into its tensors, which libtorch refuses at the first step.
    private protected override OptimizerHelper Make(IReadOnlyList<OptimizedGroup> groups) => throw MLNetErrors.Mark(new NotSupportedException(
        $"TorchSharp's own Rprop fails at its first step: leave {nameof(Implementation)} at {nameof(OptimizerImplementation.Auto)}, with Float32 or Float64 parameters."));
}
