using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Fuse.MLNet;

/// <summary>Is one <c>Fit</c>: reads the rows, builds the network, trains it and makes the transformer.</summary>
internal sealed class FitRun
{
    private readonly Action _checkAlive;
    private readonly TrainerPlan _plan;
    private readonly TrainerPlan.Settled _settled;
    private readonly RankAgreement _ranks;
    private readonly IRunLog _log;
    private readonly string? _resumeFrom;
    private readonly long _seed;
    private readonly Device _device;
    private readonly Action _checkReading;
    private readonly RunRows _rows;

    public FitRun(IHostEnvironment environment, TrainerPlan plan, TrainerPlan.Settled settled, RankAgreement ranks, IRunLog log)
    {
        _checkAlive = MLNetEnvironment.LifeCheck(environment, nameof(FuseTrainer));
        _plan = plan;
        _settled = settled;
        _ranks = ranks;
        _log = log;
        _resumeFrom = CheckpointOfAll();
        // A resumed run goes on with the random choices of the interrupted one, its split into training and validation rows among them.
        _seed = _resumeFrom is null ? ranks.Share(MLNetEnvironment.SeedOrRandom(environment)) : SeedOf(_resumeFrom);
        _device = MLNetEnvironment.Device(environment, plan.Options.Device, nameof(FuseTrainer));
        _checkReading = () =>
        {
            _checkAlive();
            // There is no model yet that a cancelled token could return.
            plan.Options.CancellationToken.ThrowIfCancellationRequested();
        };
        HasOwnRows = !ranks.IsAlone && plan.Options.Sharding == ShardingMode.ByFile;
        RowShare share = HasOwnRows ? RowShare.All(plan.Options.BatchSize) : new(ranks.Rank, ranks.Size, plan.Options.BatchSize);
        // Rows of its own are shuffled in an order of its own.
        _rows = new RunRows(plan, share, HasOwnRows ? TrainingSeeds.ForRank(_seed, ranks.Rank) : _seed, _device, _checkReading, log);
    }

    public FuseTransformer Fit(IDataView trainData, IDataView? validationData)
    {
        IBatchSource train = _rows.Training(trainData, Splitter(trainData.Schema));
        if (_plan.Options.OverfitBatches is not null)
            _log.Info($"{nameof(TrainerOptions.OverfitBatches)}: trains and validates on the same {train.RowCount} rows, as a check");
        if (_plan.Options.FastDevRun)
            _log.Info($"{nameof(TrainerOptions.FastDevRun)}: one training and one validation batch, no files");
        return Train(train, [.. Validation(trainData.Schema, validationData)], _rows.Bindings, trainData.Schema);
    }

    private IEnumerable<MeasuredRows> Validation(DataViewSchema schema, IDataView? validationData)
    {
        FuseTrainer.TrainingOptions options = _plan.Options;
        string prefix = Phase.Validation.LogPrefix();
        if (options.OverfitBatches is not null)
        {
            // Without any row the first batch says so.
            if (_rows.SetAside() is { } overfitted)
                yield return new(prefix, overfitted);
            yield break;
        }
        if (validationData is not null)
            yield return Measured(prefix, "The validation data", validationData, schema);
        else if (_rows.SetAside() is { } aside)
            yield return new(prefix, aside);
        else if (options.ValidationFraction > 0 || options.ValidationColumnName is not null)
            _rows.WarnOfNone();
        foreach ((string name, IDataView set) in options.ValidationSets)
            yield return Measured($"{prefix}.{name}", $"The validation set '{name}'", set, schema);
    }

    private MeasuredRows Measured(string prefix, string what, IDataView view, DataViewSchema training)
    {
        LabelCheck.SameKeys(training, view.Schema, _rows.Bindings);
        return new(prefix, _rows.Validation(view, what));
    }

    /// <summary>Sees to it that several processes mean the same by their columns.</summary>
    private void CompareColumns(IReadOnlyList<ColumnBinding> bindings)
    {
        if (_ranks.IsAlone)
            return;
        IEnumerable<string> parts = bindings.SelectMany(binding => (string[])
        [
            binding.Key, binding.Source.Name, $"{binding.Source.Type}", .. KeyValues.Read(binding.Source)?.Values ?? [],
            .. (binding.Column.Mean ?? []).Concat(binding.Column.StandardDeviation ?? []).Select(number => number.ToString("R", CultureInfo.InvariantCulture)),
        ]);
        _ranks.Meet(RankOperation.Columns, (int)(StableHash.Of(string.Join('\n', parts)) & int.MaxValue));
    }

    private FuseTransformer Train(IBatchSource train, IReadOnlyList<MeasuredRows> validation, IReadOnlyList<ColumnBinding> bindings, DataViewSchema schema)
    {
        CompareColumns(bindings);
        using IDisposable random = RandomState.BeginRun();
        using DeterministicKernels? deterministic = DeterministicKernels.Enter(_device.type);
        ModulePlan plan = Sized(bindings);
        if (plan.Model?.WhyNotSavable() is { } reason)
            _log.Warning($"This model can be used but not saved: {reason}.");
        LightningModule module = Build(plan);
        try
        {
            if (_plan.Options.WarmStart is { } earlier && _resumeFrom is null)
                FittedModel.Find(earlier).CopyWeightsTo(module.ScoringState());
            if (_plan.Options.InitialWeights is { } file && _resumeFrom is null)
                Report(file.LoadInto(module.NetworkState()));
            module.MoveTo(_device);
            FirstBatch first = FirstBatch.Run(module, train, _checkReading);
            FittedOutput[] outputs = [.. _settled.Outputs.Select(output => output.Fit(first.ShapeOf(output.Column.Key, output.Name), schema))];
            foreach (FittedOutput output in outputs.Where(output => output.Activation == Activation.Softmax && first.IsDistribution(output.Key)))
                _log.Warning($"The network's output '{output.Key}' already sums to 1, and softmax is applied to it again for '{output.Name}': let the network return logits.");
            var run = new TrainingRun(train, validation, _device.type, _seed, _checkAlive, _log)
            {
                Ranks = _ranks,
                HasOwnRows = HasOwnRows,
                InputKeys = first.ReadKeys,
                Outputs = [.. LabelledOutputs.Of(_settled, outputs, bindings)],
            };
            using var trainer = new Trainer(module, _plan.Options, run);
            if (_resumeFrom is not null)
                Resume(trainer, _resumeFrom);
            TrainingResult result = trainer.Fit();
            var description = new ModelDescription
            {
                FuseVersion = LibraryVersion.Fuse,
                TorchSharpVersion = LibraryVersion.TorchSharp,
                Columns = new(bindings.Where(binding => first.ReadKeys.Contains(binding.Key) || outputs.Any(output => output.Key == binding.Key)).Select(binding => KeyValuePair.Create(binding.Key, binding.Column))),
                Model = plan.Model,
                Module = plan.Spec,
                Outputs = outputs,
                BatchSize = _plan.Options.BatchSize,
                Seed = _seed,
                History = result.History,
                StopReason = result.StopReason,
                BestEpoch = result.BestEpoch,
            };
            return new FuseTransformer(description, module, _device, _plan, bindings.ToDictionary(binding => binding.Key, binding => binding.Column));
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    private LightningModule Build(ModulePlan plan)
    {
        using Lock.Scope drawing = RandomState.Hold(TrainingSeeds.ForInitialization(_seed));
        return plan.Build();
    }

    private void Report(WeightsReport report)
    {
        if (report.IsComplete)
            _log.Info(report.ToString());
        else
            _log.Warning(report.ToString());
    }

    private bool HasOwnRows { get; }

    /// <summary>Gets the checkpoint to go on from, or null for a new run: of several processes the first one decides, which alone need see it.</summary>
    private string? CheckpointOfAll()
    {
        string? path = _plan.Options.CheckpointToResume();
        if (_ranks.IsFirst && _plan.Options.ResumesIfPresent && !File.Exists(path))
        {
            _log.Info($"There is no checkpoint '{path}' yet: a new run begins.");
            path = null;
        }
        return _ranks.Share(path is null ? 0 : 1) == 0 ? null : path ?? "the checkpoint of the first process";
    }

    private long SeedOf(string checkpoint)
    {
        if (!_ranks.IsFirst)
            return _ranks.Share(0);
        using Checkpoint file = Checkpoint.Open(checkpoint);
        return _ranks.Share(file.State.Seed);
    }

    private void Resume(Trainer trainer, string checkpoint)
    {
        using SharedFile file = SharedFile.Open(_ranks, checkpoint);
        trainer.Resume(file.Path, checkpoint);
    }

    private RowSplitter? Splitter(DataViewSchema schema)
    {
        FuseTrainer.TrainingOptions options = _plan.Options;
        long seed = TrainingSeeds.ForSplit(_seed);
        return options.ValidationColumnName is { } column ? RowSplitter.ByColumn(schema, column)
            : options.ValidationFraction <= 0 ? null
            : options.SamplingKeyColumnName is { } key ? RowSplitter.ByKey(options.ValidationFraction, seed, schema, key)
            : RowSplitter.ByFraction(options.ValidationFraction, seed);
    }

    private ModulePlan Sized(IReadOnlyList<ColumnBinding> bindings)
    {
        ColumnBinding? input = bindings.FirstOrDefault(binding => binding.Key == BatchKeys.Input);
        ColumnBinding? label = bindings.FirstOrDefault(binding => binding.Key == BatchKeys.Label);
        // A network that does not say what it gives is built and run once.
        using Lock.Scope drawing = RandomState.Hold(TrainingSeeds.ForInitialization(_seed));
        return _settled.Module.Infer(new(input?.RowElements ?? 0, label is null ? 0 : label.KeyCount > 0 ? label.KeyCount : label.RowElements, () => EmptyRows(bindings)) { Columns = bindings });
    }

    private static BatchDict EmptyRows(IReadOnlyList<ColumnBinding> bindings)
    {
        var batch = new BatchDict { RowCount = 2, Phase = Phase.Predict };
        foreach (ColumnBinding binding in bindings)
            batch[binding.Key] = zeros([2, .. binding.RowShape], binding.DType, CPU);
        return batch;
    }
}
