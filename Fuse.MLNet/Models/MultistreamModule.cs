namespace Fuse.MLNet;

/// <summary>The module of <see cref="ModelMultistream"/>.</summary>
internal sealed class MultistreamModule : HeadedModule
{
    private readonly ModelMultistream _description;
    [TorchSharp.Utils.ComponentName(Name = "backbones")]
    private readonly NamedModules _backbones = new();
    private readonly Func<Tensor[], Tensor[]>[] _streams;

    public MultistreamModule(ModelMultistream description, IReadOnlyList<Head> heads)
        : base(nameof(ModelMultistream))
    {
        _description = description;
        _streams = [.. description.Backbones.Select((backbone, index) => ModuleCall.Of(_backbones.Add(FormattableString.Invariant($"{index}"), backbone.Build()), 1))];
        AddHeads(heads);
        RegisterComponents();
    }

    protected override void StoreFeatures(BatchDict batch)
    {
        Tensor[] inputs = _description.Inputs.Count > 1 || _streams.Length == 1 ? [.. _description.Inputs.Select(key => batch[key])] : Split(batch);
        Tensor[] features = [.. _streams.Select((stream, index) => Run(stream, index, inputs[index], batch))];
        if (features.Any(feature => feature.dim() != features[0].dim() || !feature.shape.AsSpan(2).SequenceEqual(features[0].shape.AsSpan(2))))
            throw new InvalidOperationException($"the backbones gave features that cannot be joined on dimension 1: {string.Join(", ", features.Select(BatchFeatures.Shape))}");
        batch[_description.KeyOutFeatures] = cat(features, 1);
    }

    private Tensor Run(Func<Tensor[], Tensor[]> stream, int index, Tensor input, BatchDict batch)
    {
        string user = $"the backbone {index}";
        string key = _description.Inputs[_description.Inputs.Count > 1 ? index : 0];
        return BatchFeatures.Single(user, BatchFeatures.Call(user, batch, [key], () => stream([input])));
    }

    private Tensor[] Split(BatchDict batch)
    {
        long[] sizes = _description.StreamChannels.Count > 0 ? _description.StreamChannels.ToArray() : [.. Enumerable.Repeat(1L, _streams.Length)];
        BatchFeatures.Check(batch[_description.Inputs[0]], sizes.Sum(), $"{nameof(ModelMultistream)} of {_streams.Length} backbones", batch, _description.Inputs);
        return batch[_description.Inputs[0]].split(sizes, 1);
    }
}
