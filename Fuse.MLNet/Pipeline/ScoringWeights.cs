namespace Fuse.MLNet;

/// <summary>Copies what scoring needs between modules.</summary>
internal static class ScoringWeights
{
    /// <summary>Copies parameters and buffers by name.</summary>
    /// <param name="from">The trained module.</param>
    /// <param name="to">The module to change; it may be on another device.</param>
    /// <exception cref="InvalidOperationException">A name is missing on a side, or a shape differs; nothing was copied then.</exception>
    public static void Copy(LightningModule from, LightningModule to) => Copy(from.ScoringState(), to.ScoringState());

    /// <summary>Copies parameters and buffers by name.</summary>
    /// <inheritdoc cref="Copy(LightningModule, LightningModule)"/>
    public static void Copy(IReadOnlyDictionary<string, Tensor> given, IReadOnlyDictionary<string, Tensor> wanted)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        string[] problems =
        [
            .. wanted.Keys.Where(name => !given.ContainsKey(name)).Select(name => $"'{name}' is missing"),
            .. given.Keys.Where(name => !wanted.ContainsKey(name)).Select(name => $"'{name}' is unexpected"),
            .. wanted.Where(pair => given.TryGetValue(pair.Key, out Tensor? value) && !value.shape.AsSpan().SequenceEqual(pair.Value.shape))
                .Select(pair => $"'{pair.Key}' is {ShapeText.Of(given[pair.Key])}, the network has {ShapeText.Of(pair.Value)}"),
        ];
        if (problems.Length > 0)
            throw MLNetErrors.Mark(new InvalidOperationException($"The weights do not fit the network: {string.Join("; ", problems.Take(5))}{(problems.Length > 5 ? $" and {problems.Length - 5} more" : "")}."));
        foreach ((string name, Tensor value) in wanted)
            value.copy_(given[name]);
    }

    /// <summary>Copies whatever else both modules have by the same name and shape, such as the parameters of losses.</summary>
    public static void CopyOthers(LightningModule from, LightningModule to)
    {
        using var noGrad = no_grad();
        Dictionary<string, Tensor> given = from.state_dict();
        foreach ((string name, Tensor value) in to.state_dict())
            if (given.TryGetValue(name, out Tensor? other) && other.shape.AsSpan().SequenceEqual(value.shape))
                value.copy_(other);
    }
}
