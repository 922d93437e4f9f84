namespace Fuse.MLNet;

/// <summary>Gives each parameter of a module to the first optimizer whose patterns match its name.</summary>
internal static class ParameterAssignment
{
    public static IEnumerable<(OptimizerConfiguration Configuration, IReadOnlyList<KeyValuePair<string, Parameter>> Parameters)> Of(
        LightningModule module, IReadOnlyList<OptimizerConfiguration> configurations)
    {
        if (configurations.Count == 0)
            throw MLNetErrors.Mark(new InvalidOperationException($"{nameof(LightningModule.ConfigureOptimizers)} gave no optimizer."));
        List<KeyValuePair<string, Parameter>> left =
        [
            .. module.named_parameters().Where(pair => pair.parameter.requires_grad).DistinctBy(pair => pair.parameter.Handle)
                .Select(pair => KeyValuePair.Create(module.UserName(pair.name), pair.parameter)),
        ];
        if (left.Count == 0)
            throw MLNetErrors.Mark(new InvalidOperationException(
                "The network has no parameter to train: none requires a gradient. Are its layers fields of the module, registered with RegisterComponents()?"));
        string[] names = [.. left.Select(pair => pair.Key)];
        var assigned = new List<(OptimizerConfiguration, IReadOnlyList<KeyValuePair<string, Parameter>>)>();
        foreach (OptimizerConfiguration configuration in configurations)
        {
            KeyValuePair<string, Parameter>[] own = [.. left.Where(pair => configuration.Parameters.Any(pattern => GlobPattern.Matches(pattern, pair.Key)))];
            if (own.Length == 0)
                throw MLNetErrors.Mark(new InvalidOperationException($"The optimizer for {configuration.Parameters} has no parameter left to train. {ClosestName.Hint(configuration.Parameters.Count > 0 ? configuration.Parameters[0] : "", names)}"));
            left.RemoveAll(own.Contains);
            assigned.Add((configuration, own));
        }
        return left.Count == 0 ? assigned : throw MLNetErrors.Mark(new InvalidOperationException(
            $"The parameter '{left[0].Key}' belongs to no optimizer: add a pattern that matches it to one of them, or freeze it."));
    }
}
