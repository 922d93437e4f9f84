namespace Fuse.MLNet;

/// <summary>Holds parameters that are stepped with the same numbers.</summary>
/// <param name="Parameters">The parameters by full name.</param>
/// <param name="LearningRateFactor">The factor of the optimizer's learning rate.</param>
/// <param name="WeightDecay">The weight decay, or null for the optimizer's own.</param>
internal sealed record OptimizedGroup(IReadOnlyList<KeyValuePair<string, Parameter>> Parameters, double LearningRateFactor = 1, double? WeightDecay = null)
{
    /// <summary>Gets the parameters without their names.</summary>
    public Parameter[] Values => [.. Parameters.Select(parameter => parameter.Value)];

    /// <summary>Puts parameters into groups: first those that no pattern matches, then one group for each pattern, in order.</summary>
    /// <exception cref="ArgumentException">A pattern matches no parameter, or only such as an earlier group has.</exception>
    public static IReadOnlyList<OptimizedGroup> Split(OptimizerSpec spec, IReadOnlyList<KeyValuePair<string, Parameter>> parameters)
    {
        GlobPattern.Check(spec.Groups.Select(group => group.Pattern), [.. parameters.Select(parameter => parameter.Key)], nameof(OptimizerSpec.Groups));
        ILookup<ParameterGroup?, KeyValuePair<string, Parameter>> byGroup = parameters.ToLookup(parameter =>
            spec.Groups.FirstOrDefault(group => GlobPattern.Matches(group.Pattern, parameter.Key)));
        foreach (ParameterGroup group in spec.Groups)
            if (!byGroup.Contains(group))
                throw MLNetErrors.Mark(new ArgumentException($"Every parameter that '{group.Pattern}' of {nameof(OptimizerSpec.Groups)} matches is in a group before it: the first match counts. Put it further to the front."));
        KeyValuePair<string, Parameter>[] rest = [.. byGroup[null]];
        return
        [
            .. rest.Length > 0 ? [new OptimizedGroup(rest)] : Array.Empty<OptimizedGroup>(),
            .. spec.Groups.Select(group => new OptimizedGroup([.. byGroup[group]], group.LearningRateFactor, group.WeightDecay)),
        ];
    }
}
