namespace Fuse.MLNet;

/// <summary>Gives some of a network's parameters a learning rate and a weight decay of their own.</summary>
/// <remarks>PyTorch's parameter groups, by name: see <see cref="OptimizerSpec.Groups"/>.</remarks>
public sealed record ParameterGroup
{
    /// <summary>Describes the group of the parameters whose names match a pattern.</summary>
    /// <param name="pattern">A glob over full parameter names, such as <c>backbone.*</c> or <c>*.bias</c>: * stands for any text, ? for one character.</param>
    /// <exception cref="ArgumentException">The pattern is empty.</exception>
    public ParameterGroup(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        Pattern = pattern;
    }

    /// <summary>Gets the glob over parameter names.</summary>
    public string Pattern { get; }

    /// <summary>Gets the factor of the optimizer's learning rate. Default: 1; 0 keeps the parameters as they are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public double LearningRateFactor { get; init => field = OptimizerNumber.NotNegative(value, nameof(LearningRateFactor)); } = 1;

    /// <summary>Gets the weight decay of the group, or null for the optimizer's own. Default: null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public double? WeightDecay { get; init => field = value is { } decay ? OptimizerNumber.NotNegative(decay, nameof(WeightDecay)) : null; }
}
