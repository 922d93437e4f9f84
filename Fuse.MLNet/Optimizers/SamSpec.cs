namespace Fuse.MLNet;

/// <summary>Describes sharpness-aware minimization around another optimizer.</summary>
internal sealed record SamSpec(OptimizerSpec Base, double Rho, bool Adaptive) : OptimizerSpec(Base.LearningRate)
{
    private protected override ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups)
    {
        if (Groups.Count > 0)
            throw MLNetErrors.Mark(new ArgumentException($"The {nameof(Groups)} of SAM belong to the optimizer that it is made of: SAM(optimizer with {{ {nameof(Groups)} = ... }})."));
        KeyValuePair<string, Parameter>[] all = [.. groups.SelectMany(group => group.Parameters)];
        OptimizerSpec spec = Implementation == OptimizerImplementation.Auto ? Base : Base with { Implementation = Implementation };
        return new SamOptimizer(spec.Build(all), LearningRate, [.. all.Select(parameter => parameter.Value)], Rho, Adaptive);
    }
}
