namespace Fuse.MLNet;

/// <summary>The module of the heads that derive from <see cref="FeatureHead"/>.</summary>
internal sealed class FeatureHeadModule : nn.Module<BatchDict, BatchDict>
{
    private readonly FeatureHead _head;
    private readonly string _user;
    private readonly Func<Tensor, Tensor> _classify;
    private readonly Func<Tensor, Tensor> _encodeTable = table => table;
    private readonly Func<Tensor, Tensor> _logits = values => values;
    private readonly Func<Tensor, Tensor> _drop = features => features;

    // Modules are registered by hand: shared layers belong to the model, and a field would register them here too.
    public FeatureHeadModule(FeatureHead head, SharedClassifiers shared)
        : base(head.GetType().Name)
    {
        _head = head;
        _user = $"the head '{head.HeadName}'";
        long tabular = head.TabularChannels;
        if (head.TabularInputs.Count > 0 && head.TabularLayers.Count > 0)
        {
            nn.Module<Tensor, Tensor> table = new ChannelLayers(tabular, head.TabularLayers, null, head.TabularDropoutRate).Build();
            register_module("tabular", table);
            _encodeTable = table.call;
            tabular = head.TabularLayers[^1];
        }
        if (head.FeatureDropout > 0)
        {
            nn.Module<Tensor, Tensor> dropout = nn.Dropout(head.FeatureDropout);
            register_module("dropout", dropout);
            _drop = dropout.call;
        }
        var layers = new ChannelLayers(head.InChannels + tabular, head.Layers, head.Mode == HeadMode.Ordinal ? 1 : head.OutputCount, head.LayersDropout);
        nn.Module<Tensor, Tensor> classifier = head.SharedClassifier is { } name ? shared.Get(name, layers, head.HeadName) : layers.Build();
        if (head.SharedClassifier is null)
            register_module("classifier", classifier);
        _classify = input => ChannelLayers.Apply(classifier, input);
        if (head.Mode != HeadMode.Ordinal)
            return;
        var thresholds = new OrdinalThresholds(head.OutputCount);
        register_module("ordinal", thresholds);
        _logits = thresholds.call;
    }

    public override BatchDict forward(BatchDict input)
    {
        Tensor? features = _head.Inputs.Count > 0 ? Features(input) : null;
        if (_head.TabularInputs.Count > 0)
        {
            Tensor table = _encodeTable(BatchFeatures.Tabular(input, _head.TabularInputs, _head.TabularChannels, _user));
            features = features is null ? table : Join(features, table);
        }
        return HeadOutput.Store(input, _head, _head.Mode, _logits(_classify(features!)));
    }

    private Tensor Features(BatchDict batch)
    {
        Tensor features = BatchFeatures.Concat(batch, _head.Inputs);
        BatchFeatures.Check(features, _head.InChannels, _user, batch, _head.Inputs);
        return _drop(BatchFeatures.Call(_user, batch, _head.Inputs, () => _head.Reduce(features)));
    }

    // A row's table stands in every place of its map.
    private static Tensor Join(Tensor features, Tensor table)
    {
        for (int i = 2; i < features.dim(); i++)
            table = table.unsqueeze(-1);
        return cat([features, table.expand([.. table.shape[..2], .. features.shape[2..]])], 1);
    }
}
