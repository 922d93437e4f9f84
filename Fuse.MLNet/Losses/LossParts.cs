namespace Fuse.MLNet;

/// <summary>Holds the modules of the parts of a <see cref="LossCombined"/>.</summary>
internal sealed class LossParts : nn.Module
{
    private readonly nn.Module?[] _parts;

    public LossParts(IEnumerable<NamedLoss> losses)
        : base(nameof(LossParts))
    {
        var parts = new List<nn.Module?>();
        foreach (NamedLoss loss in losses)
        {
            nn.Module? part = loss.Loss.BuildModule();
            parts.Add(part);
            if (part is not null)
                register_module(loss.Name, part);
        }
        _parts = [.. parts];
    }

    /// <summary>Gets the module of a part, or null when it has none.</summary>
    public nn.Module? this[int index] => _parts[index];
}
