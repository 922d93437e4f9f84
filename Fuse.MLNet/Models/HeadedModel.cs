namespace Fuse.MLNet;

/// <summary>Describes a model that makes features under one key and gives them to heads.</summary>
/// <remarks>The features' number of channels follows from the backbones, and where one does not say it, from running it once on rows of zeros in <c>Fit</c>.</remarks>
public abstract record HeadedModel : FuseModel
{
    private protected HeadedModel()
    {
    }

    /// <summary>Gets the heads, in the order in which they run; each has a name of its own.</summary>
    /// <exception cref="ArgumentException">Two heads have one name.</exception>
    public required ValueList<Head> Heads { get; init => field = Distinct(value); }

    /// <summary>Gets the key of the features. Default: <c>model.backbone_features</c>, which heads read by default.</summary>
    public string KeyOutFeatures { get; init => field = ModelOption.Key(value); } = Head.BackboneFeatures;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A number of channels is not known: <c>Fit</c> fills it in from the data.</exception>
    public override nn.Module<BatchDict, BatchDict> Build() => BuildModule(Sized(KnownChannels(), []));

    /// <summary>Gets the networks that make the features.</summary>
    internal abstract IEnumerable<Network> Networks { get; }

    /// <summary>Gets the numbers of channels of the features as far as the description tells them, by key.</summary>
    internal abstract Dictionary<string, long> KnownChannels();

    internal abstract HeadedModule BuildModule(IReadOnlyList<Head> heads);

    internal override FuseModel Infer(DataShapes data)
    {
        if (Heads.All(head => !head.UnsizedKeys.Any()))
            return this;
        using var scope = NewDisposeScope();
        BatchDict rows = data.Rows();
        Dictionary<string, long> channels = KnownChannels();
        foreach (string key in rows.Keys)
            channels[key] = BatchFeatures.Channels(rows[key]);
        if (Heads.SelectMany(head => head.UnsizedKeys).Any(key => key.StartsWith("model.", StringComparison.Ordinal) && !channels.ContainsKey(key)))
            AddFeatures(channels, rows);
        return this with { Heads = Sized(channels, channels.Keys) };
    }

    internal override string? WhyNotSavable() =>
        Networks.Select(network => network.WhyNotSavable()).Concat(Heads.Select(head => head.WhyNotSavable())).FirstOrDefault(reason => reason is not null);

    /// <summary>Gets the channels of one network's features when it is one that says so.</summary>
    internal static long? ChannelsOf(Network network) => (network as Backbone)?.FeatureCount;

    /// <summary>Runs the networks once, to learn the channels of what they make.</summary>
    internal void AddFeatures(Dictionary<string, long> channels, BatchDict rows)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using HeadedModule module = BuildModule([]);
        module.eval();
        BatchDict result = BatchErrors.Guard(() => "The network failed on rows of zeros, which tell how many features it gives", rows, () => module.call(rows.Copy()));
        foreach (string key in result.Keys)
            channels[key] = BatchFeatures.Channels(result[key]);
    }

    private Head[] Sized(Dictionary<string, long> channels, IEnumerable<string> found)
    {
        var sized = new List<Head>();
        foreach (Head head in Heads)
        {
            if (head.UnsizedKeys.FirstOrDefault(key => !channels.ContainsKey(key)) is { } unknown)
                throw MLNetErrors.Mark(new ArgumentException($"The head '{head.HeadName}' reads '{unknown}', whose number of channels is not known{(found.Any() ? $". {ClosestName.Hint(unknown, found)}" :
                    $" before {nameof(FuseModel)} sees data in Fit: set {nameof(FeatureHead.InChannels)} or {nameof(FeatureHead.TabularChannels)}")}"));
            Head done = head.Sized(channels);
            sized.Add(done);
            if (done is FeatureHead { OutputCount: var outputs })
                channels[done.LogitsKey] = channels[done.OutputKey] = outputs;
        }
        return [.. sized];
    }

    private static ValueList<Head> Distinct(ValueList<Head> heads)
    {
        ArgumentNullException.ThrowIfNull(heads);
        return heads.GroupBy(head => head.HeadName).FirstOrDefault(group => group.Count() > 1) is not { Key: var twice } ? heads
            : throw new ArgumentException($"Two heads are named '{twice}': give each a {nameof(Head.HeadName)} of its own.", nameof(heads));
    }
}
