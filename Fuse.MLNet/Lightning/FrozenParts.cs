namespace Fuse.MLNet;

/// <summary>Keeps parameters from being trained, and the parts of a network that hold no others in evaluation mode.</summary>
internal sealed class FrozenParts
{
    private readonly nn.Module[] _modules;

    /// <summary>Freezes the parameters whose names match patterns.</summary>
    /// <exception cref="ArgumentException">A pattern matches none.</exception>
    public FrozenParts(LightningModule module, IEnumerable<string> patterns)
    {
        string[] all = [.. patterns];
        (string Name, Parameter Parameter)[] parameters = [.. module.named_parameters().Select(pair => (module.UserName(pair.name), pair.parameter))];
        GlobPattern.Check(all, [.. parameters.Select(parameter => parameter.Name)], nameof(TrainerOptions.Freeze));
        HashSet<nint> frozen = [.. parameters.Where(parameter => all.Any(pattern => GlobPattern.Matches(pattern, parameter.Name))).Select(parameter => parameter.Parameter.Handle)];
        foreach ((_, Parameter parameter) in parameters)
            if (frozen.Contains(parameter.Handle))
                parameter.requires_grad_(false);
        // Batch normalization would go on changing its running statistics, and dropout would go on dropping.
        _modules = frozen.Count == 0 ? [] : [.. module.modules().Where(part => part.parameters().Any() && part.parameters().All(parameter => frozen.Contains(parameter.Handle)))];
    }

    /// <summary>Puts the frozen parts in evaluation mode, after the whole module was put in training mode.</summary>
    public void Eval()
    {
        foreach (nn.Module module in _modules)
            module.eval();
    }
}
