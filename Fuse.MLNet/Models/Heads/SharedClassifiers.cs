namespace Fuse.MLNet;

/// <summary>Builds the layers of heads, those of one shared name only once.</summary>
internal sealed class SharedClassifiers
{
    private readonly Dictionary<string, (ChannelLayers Layers, string Head, nn.Module<Tensor, Tensor> Module)> _byName = new(StringComparer.Ordinal);

    /// <summary>Gets the shared layers by name.</summary>
    public IEnumerable<KeyValuePair<string, nn.Module<Tensor, Tensor>>> Modules => _byName.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Module));

    /// <summary>Gets the layers of a name, built when a head first asks for them.</summary>
    /// <exception cref="ArgumentException">Another head shares the name but needs other layers.</exception>
    public nn.Module<Tensor, Tensor> Get(string name, ChannelLayers layers, string head)
    {
        if (!_byName.TryGetValue(name, out (ChannelLayers Layers, string Head, nn.Module<Tensor, Tensor> Module) known))
            _byName[name] = known = (layers, head, layers.Build());
        return known.Layers == layers ? known.Module : throw MLNetErrors.Mark(new ArgumentException(
            $"The heads '{known.Head}' and '{head}' share the classifier '{name}', but need other layers: {Text(known.Layers)} and {Text(layers)}."));
    }

    private static string Text(ChannelLayers layers) => $"{layers.Channels} -> {layers.Hidden} -> {layers.Outputs}, dropout {FormattableString.Invariant($"{layers.DropoutRate}")}";
}
