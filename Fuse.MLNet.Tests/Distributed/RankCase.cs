using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Is a run that several processes do together and that one does alone with batches as large as all of theirs.</summary>
/// <param name="Rows">The number of rows, chosen so that the last batch is smaller.</param>
/// <param name="Batch">The rows of a batch of one process.</param>
/// <param name="Options">Makes the options, without batch size and strategy.</param>
internal sealed record RankCase(int Rows, int Batch, Func<FuseTrainer.TrainingOptions> Options)
{
    /// <summary>The seed of every run.</summary>
    public const int Seed = 5;

    private static readonly OrderedDictionary<string, RankCase> All = new()
    {
        ["sgd"] = new(843, 8, () => new() { MaxEpochs = 3, Optimizer = Optimizers.SGD(0.1, momentum: 0.9), ValidationFraction = 0.2 }),
        ["adam"] = new(843, 8, () => new() { MaxEpochs = 3, Optimizer = Optimizers.Adam(), ValidationFraction = 0.2 }),
        ["one row left"] = new(97, 4, () => new() { MaxEpochs = 3, Optimizer = Optimizers.SGD(0.1) }),
        ["streamed"] = new(501, 8, () => new() { MaxEpochs = 2, Optimizer = Optimizers.SGD(0.1), ValidationFraction = 0.2, StagingBytes = 0, ShuffleBufferRows = 100 }),
        ["clipped"] = new(250, 8, () => new() { MaxEpochs = 2, Optimizer = Optimizers.AdamW(), GradientClipNorm = 0.1, LearningRateScheduler = Schedules.OneCycle() }),
        ["accumulated"] = new(250, 8, () => new() { MaxEpochs = 2, Optimizer = Optimizers.SGD(0.1), AccumulateBatches = 3 }),
        ["sam"] = new(250, 8, () => new() { MaxEpochs = 1, Optimizer = Optimizers.SAM(Optimizers.SGD(0.1)) }),
        ["balanced"] = new(250, 8, () => new() { MaxEpochs = 1, Optimizer = Optimizers.SGD(0.1), Sampler = new BatchSamplerDefault { BalancedClassKey = "data.label" } }),
        ["batchnorm"] = new(203, 8, () => new() { MaxEpochs = 2, Optimizer = Optimizers.SGD(0.1), SyncBatchNorm = true }),
        ["lenet"] = new(410, 4, () => new() { MaxEpochs = 3, Optimizer = Optimizers.SGD(0.01), MaxSteps = 50 }),
        ["lenet gradient"] = new(40, 8, () => new() { MaxSteps = 1, Optimizer = Optimizers.SGD(1) }),
        ["manual"] = new(170, 8, () => new() { MaxEpochs = 2, ValidationFraction = 0.2 }),
    };

    public static RankCase Get(string name) => All[name];

    /// <summary>Trains. In manual optimization and with synchronized batch normalization a step exchanges while it holds the random state, which is one for a process: threads cannot do that.</summary>
    /// <param name="name">The case.</param>
    /// <param name="strategy">The processes.</param>
    /// <param name="batch">The rows of a batch of one process.</param>
    /// <param name="change">Changes the options further.</param>
    /// <param name="ml">The context; null makes one.</param>
    public static FuseTransformer Fit(string name, TrainingStrategy strategy, int batch, Action<FuseTrainer.TrainingOptions>? change = null, MLContext? ml = null)
    {
        RankCase each = All[name];
        FuseTrainer.TrainingOptions options = each.Options();
        (options.BatchSize, options.Strategy) = (batch, strategy);
        change?.Invoke(options);
        ml ??= new MLContext(seed: Seed);
        bool isLeNet = name.StartsWith("lenet", StringComparison.Ordinal);
        IDataView view = ml.Data.LoadFromEnumerable(Data(each.Rows, isLeNet));
        if (name == "manual")
            return ml.Fuse().Train(Custom(options)).Fit(view);
        Network network = isLeNet ? Network.Of<RankLeNet>() : Network.Of<RankNet>(name == "batchnorm");
        TensorColumn input = isLeNet ? new("Pixels", [1, 28, 28]) : new("Features");
        return ml.Fuse().Train(network, input, "Label", Loss.CrossEntropy(), options).Fit(view);
    }

    /// <summary>Makes rows: three classes, told apart by some of the features.</summary>
    public static RankRow[] Data(int count, bool hasPixels = false)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(row => new RankRow
        {
            Label = (uint)random.Next(3),
            Features = [.. Enumerable.Range(0, 6).Select(_ => (float)random.NextDouble() - 0.5f)],
            Pixels = hasPixels ? [.. Enumerable.Range(0, 784).Select(_ => (float)random.NextDouble())] : new float[784],
        }).Select(row =>
        {
            row.Features[row.Label] += 1;
            return row;
        })];
    }

    private static FuseTrainer.Options Custom(FuseTrainer.TrainingOptions options)
    {
        FuseTrainer.Options custom = Custom();
        (custom.BatchSize, custom.Strategy, custom.MaxEpochs, custom.ValidationFraction) = (options.BatchSize, options.Strategy, options.MaxEpochs, options.ValidationFraction);
        (custom.ModelDirectory, custom.ResumeFrom, custom.CancellationToken) = (options.ModelDirectory, options.ResumeFrom, options.CancellationToken);
        foreach (Callback callback in options.Callbacks)
            custom.Callbacks.Add(callback);
        return custom;
    }

    private static FuseTrainer.Options Custom() => new()
    {
        Columns = { ["data.input"] = new("Features"), ["data.label"] = new("Label") },
        Module = LightningModule.Of<RankModule>(),
        Outputs = { ["Score"] = new("model.output") },
    };
}
