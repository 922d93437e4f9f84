namespace Fuse.MLNet;

/// <summary>Describes an optimizer; each <c>Fit</c> builds a fresh one. Made by <see cref="Optimizers"/>.</summary>
/// <remarks>Immutable: change a copy, <c>Optimizers.AdamW() with { Groups = [new("backbone.*") { LearningRateFactor = 0.1 }] }</c>.</remarks>
public abstract record OptimizerSpec
{
    private protected OptimizerSpec(double learningRate) => LearningRate = learningRate;

    /// <summary>Gets the learning rate of the parameters that no group names, before any schedule. 0 or more.</summary>
    public double LearningRate { get; }

    /// <summary>Gets the groups of parameters that have numbers of their own. Default: none.</summary>
    /// <remarks>The first group whose pattern matches a parameter's name has it; parameters that none matches have this description's numbers.</remarks>
    public ValueList<ParameterGroup> Groups { get; init; } = [];

    /// <summary>Gets who computes the steps. Default: <see cref="OptimizerImplementation.Auto"/>.</summary>
    public OptimizerImplementation Implementation { get; init; }

    /// <summary>Builds the optimizer.</summary>
    /// <param name="parameters">The parameters by full name, on their device; each requires a gradient.</param>
    internal ParameterOptimizer Build(IReadOnlyList<KeyValuePair<string, Parameter>> parameters) => Build(OptimizedGroup.Split(this, parameters));

    /// <summary>Builds the optimizer of parameters that were put into groups.</summary>
    private protected abstract ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups);
}
