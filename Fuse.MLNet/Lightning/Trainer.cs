using System.Diagnostics;
using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Runs the training loop: each epoch trains, validates, ends its means, keeps the best weights, and runs the callbacks.</summary>
internal sealed class Trainer : IDisposable
{
    private readonly TrainingRun _run;
    private readonly OptimizerStepper _stepper;
    private readonly FrozenParts _frozen;
    private readonly FiniteCheck _finite;
    private readonly BestEpoch _best;
    private readonly CallbackList _callbacks;
    private readonly TrainingContext _context;
    private readonly RunCheckpoint _checkpoint;
    private readonly List<EpochRecord> _epochs = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private RunPosition _position;
    private TimeSpan _epochStart;
    private bool _isValidating;
    private string[]? _sampleIds;

    public Trainer(LightningModule module, TrainerOptions options, TrainingRun run)
    {
        Module = module;
        Options = options;
        _run = run;
        Autocast.Check(options.Precision, run.Device);
        _context = new TrainingContext(this);
        _callbacks = new CallbackList(options.Callbacks.Concat(module.ConfigureCallbacks()).Where(callback => !options.IsTrial || !callback.WritesFiles), DefaultCallbacks.Of(options));
        _frozen = new FrozenParts(module, options.Freeze);
        _stepper = new OptimizerStepper(module, options)
        {
            BeforeBackward = loss => _callbacks.OnBeforeBackward(_context, loss),
            BeforeStep = () => _callbacks.Run(callback => callback.OnBeforeOptimizerStep(_context)),
        };
        _finite = new FiniteCheck(module);
        _best = new BestEpoch(module, _finite, options.BestEpochSource.Count > 0 ? [.. options.BestEpochSource]
            : run.Validation.Count > 0 ? [new($"{run.Validation[0].Prefix}.{BatchKeys.TotalLoss}")] : [], options.RestoreBestWeights);
        _checkpoint = new RunCheckpoint(module, _stepper, _best, _callbacks);
    }

    public LightningModule Module { get; }

    public TrainerOptions Options { get; }

    public IReadOnlyList<MetricMonitor> Monitors => _best.Monitors;

    public IRunLog Log => _run.Log;

    public IReadOnlySet<string> InputKeys => _run.InputKeys;

    public RunPosition Position => _position;

    public double EpochFraction { get; private set; }

    public bool HasStepped { get; private set; }

    public TimeSpan Elapsed => _watch.Elapsed;

    public IReadOnlyList<double> LearningRates => [.. _stepper.Optimizers.Select(optimizer => optimizer.LearningRate)];

    public History History => new(ValueList.Create<EpochRecord>([.. _epochs]));

    public int? RestoredEpoch { get; private set; }

    public StopReason? StopReason { get; private set; }

    /// <summary>Trains the module, which must be on its device, and leaves it in evaluation mode.</summary>
    public TrainingResult Fit()
    {
        try
        {
            Start();
            while (StopReason is null && !IsOver() && TrainEpoch() && Validate())
                EndEpoch();
            End();
        }
        catch (NonFiniteLossException error)
        {
            EndDiverged(error);
        }
        catch (Exception error)
        {
            if (error is OperationCanceledException)
                SaveInterrupted();
            _callbacks.Run(callback => callback.OnException(_context, error));
            throw;
        }
        Module.eval();
        RestoredEpoch = _best.Restore(History);
        _callbacks.Run(callback => callback.OnFitEnd(_context));
        Module.OnFitEnd();
        return new TrainingResult(History, StopReason!.Value, RestoredEpoch);
    }

    /// <summary>Continues from a checkpoint instead of from the start.</summary>
    public void Resume(string path)
    {
        using Checkpoint file = Checkpoint.Open(path);
        TrainState state = file.State;
        if (state.History.Epochs.Count > 0)
            ForgetDefaultMonitor(state.History.Epochs[^1]);
        bool isSameMonitor = state.Monitor == _best.Monitor;
        _checkpoint.Load(file, isSameMonitor);
        if (!isSameMonitor)
            Log.Warning($"The checkpoint kept the best epoch by {state.Monitor?.ToString() ?? "no monitor"}, this run by {_best.Monitor?.ToString() ?? "none"}: it looks for its best epoch anew.");
        if (state.Optimizer != _stepper.Description)
            Log.Warning($"The checkpoint was written with {state.Optimizer}, this run has {_stepper.Description}: the new learning rate holds, what else the optimizer keeps is the checkpoint's.");
        if (state.RowCount != _run.Train.RowCount || state.BatchSize != Options.BatchSize)
            throw MLNetErrors.Mark(new InvalidOperationException($"{path} was written with {state.RowCount} training rows in batches of {state.BatchSize}; there are " +
                $"{_run.Train.RowCount} in batches of {Options.BatchSize} now. A run is resumed with the same data, batch size, sampler and limits."));
        _position = state.Position;
        _epochs.AddRange(state.History.Epochs);
        Log.Info(string.Create(CultureInfo.InvariantCulture, $"resumed from {path}: {_epochs.Count} epochs and {_position.Batch} batches done"));
    }

    public void Stop(string reason, StopReason kind)
    {
        if (StopReason is null)
            Log.Info($"training stops: {reason}");
        StopReason ??= kind;
    }

    public void SaveCheckpoint(string path)
    {
        if (_isValidating)
            throw MLNetErrors.Mark(new InvalidOperationException("A checkpoint cannot be saved during validation: the epoch is half done, and callbacks may have changed the weights. Save it at the epoch's end."));
        if (_stepper.IsWithinStep)
            throw MLNetErrors.Mark(new InvalidOperationException("A checkpoint cannot be saved between the batches of one optimizer step (AccumulateBatches): the gradient summed up so far is not in it. Save it at an epoch's end."));
        _checkpoint.Save(path, new TrainState
        {
            FuseVersion = LibraryVersion.Fuse,
            Seed = _run.Seed,
            RowCount = _run.Train.RowCount,
            BatchSize = Options.BatchSize,
            Position = _position,
            Monitor = _best.Monitor,
            Optimizer = _stepper.Description,
            History = History,
            Means = [],
            Callbacks = [],
        });
    }

    public void Dispose()
    {
        _stepper.Dispose();
        _best.Dispose();
    }

    private void Start()
    {
        _callbacks.Run(callback => callback.OnFitStart(_context));
        Module.OnFitStart();
    }

    private bool TrainEpoch()
    {
        _epochStart = _watch.Elapsed;
        _callbacks.Run(callback => callback.OnEpochStart(_context));
        Module.train();
        _frozen.Eval();
        Module.OnTrainEpochStart();
        using var grad = enable_grad();
        using IBatchReader reader = _run.Train.Open(_position.Epoch, _position.Batch);
        // Not between the batches of one optimizer step: the gradient summed up so far is in no checkpoint.
        while (_stepper.IsWithinStep || reader.Fraction >= 1 || !(IsInterrupted() || IsOver()))
        {
            using var scope = NewDisposeScope();
            double fraction = reader.Fraction;
            if (reader.Next() is not { } batch)
            {
                Module.OnTrainEpochEnd();
                return true;
            }
            Begin(batch, Phase.Train, Phase.Train.LogPrefix());
            _callbacks.OnTrainBatchStart(_context, batch);
            _stepper.Schedule(() => Time(fraction));
            EpochFraction = reader.Fraction;
            HasStepped = BatchErrors.Guard(() => $"The training step failed in {Where()}", batch, () => _stepper.Step(() =>
            {
                using IDisposable drawing = RandomState.Hold(TrainingSeeds.ForStep(_run.Seed, _position.TrainingStep));
                using IDisposable? autocast = Autocast.Enter(Options.Precision, _run.Device);
                return Module.TrainingStep(batch);
            }, batch.RowCount, isLast: reader.Fraction >= 1));
            _position = _position with { Batch = _position.Batch + 1, TrainingStep = _position.TrainingStep + 1, GlobalStep = _position.GlobalStep + (HasStepped ? 1 : 0) };
            _callbacks.OnTrainBatchEnd(_context, batch);
        }
        return false;
    }

    /// <summary>Measures every validation set, ends the epoch's means and keeps the best weights.</summary>
    /// <returns>Whether all of it was done; a resumed run validates from the first row again.</returns>
    private bool Validate()
    {
        CheckWeights();
        _isValidating = true;
        bool isNoted = false;
        try
        {
            RunIfValidated(callback => callback.OnValidationStart(_context));
            Module.eval();
            if (!ValidateSets())
                return false;
            Note();
            isNoted = true;
            RunIfValidated(callback => callback.OnValidationEnd(_context));
            return true;
        }
        finally
        {
            if (!isNoted)
                RunIfValidated(callback => callback.OnValidationInterrupted(_context));
            _isValidating = false;
        }
    }

    private void RunIfValidated(Action<Callback> hook)
    {
        if (_run.Validation.Count > 0)
            _callbacks.Run(hook);
    }

    private bool ValidateSets()
    {
        RunningMean[] trained = Module.Logged.SaveMeans();
        int index = 0;
        foreach (MeasuredRows set in _run.Validation)
        {
            if (!Validate(set, ref index))
            {
                Module.Logged.GoBack(trained, Phase.Train.LogPrefix());
                return false;
            }
        }
        return true;
    }

    private bool Validate(MeasuredRows set, ref int index)
    {
        using var noGrad = no_grad();
        using IBatchReader reader = set.Rows.Open(shuffledEpoch: null);
        Module.Logged.Begin(set.Prefix, 0);
        Module.OnValidationEpochStart();
        while (!IsInterrupted())
        {
            using var scope = NewDisposeScope();
            if (reader.Next() is not { } batch)
            {
                Module.OnValidationEpochEnd();
                return true;
            }
            Begin(batch, Phase.Validation, set.Prefix);
            long seed = TrainingSeeds.ForValidation(_run.Seed, _position.TrainingStep, index++);
            BatchErrors.Guard(() => $"The validation step failed in {Where()}", batch, () =>
            {
                using IDisposable drawing = RandomState.Hold(seed);
                using IDisposable? autocast = Autocast.Enter(Options.Precision, _run.Device);
                Module.ValidationStep(batch);
                return true;
            });
            _callbacks.Run(callback => callback.OnValidationBatchEnd(_context, batch));
        }
        return false;
    }

    private void Note()
    {
        var record = new EpochRecord(_position.Epoch, ValueList.Create<LoggedValue>(Module.Logged.Take()));
        _epochs.Add(record);
        ForgetDefaultMonitor(record);
        bool isBest = _best.Note(History);
        if (_best.Monitor is { } monitor && double.IsNaN(record[monitor.Name]))
            Log.Warning($"{monitor.Name} is not a number in epoch {record.Epoch + 1}: are there validation rows with a label, and no NaN among their columns?");
        string values = string.Join(", ", record.Shown().Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Name} {value.Value:0.0000}")));
        Log.Info(string.Create(CultureInfo.InvariantCulture, $"epoch {record.Epoch + 1}/{Options.MaxEpochs}: {values}{(isBest ? " (best)" : "")}, {(_watch.Elapsed - _epochStart).TotalSeconds:0.0} s"));
    }

    // A module of the user's own need not log a total loss; one that the options name must be there.
    private void ForgetDefaultMonitor(EpochRecord record)
    {
        if (Options.BestEpochSource.Count == 0 && _best.Monitor is { } monitor && record.Values.All(value => value.Name != monitor.Name))
            _best.Forget();
    }

    private void EndEpoch()
    {
        _position = _position with { Epoch = _position.Epoch + 1, Batch = 0 };
        _callbacks.Run(callback => callback.OnEpochEnd(_context));
    }

    private void End()
    {
        // A run may also end within an epoch, whose weights were not checked yet.
        if (_position.Batch > 0)
            CheckWeights();
        StopReason ??= MLNet.StopReason.Completed;
        if (StopReason == MLNet.StopReason.Cancelled)
            Log.Info($"cancelled in {Where()}");
        if (StopReason == MLNet.StopReason.Cancelled || _position.Batch > 0)
            SaveInterrupted();
    }

    private void Begin(BatchDict batch, Phase phase, string prefix)
    {
        (batch.Phase, batch.GlobalStep) = (phase, _position.GlobalStep);
        _sampleIds = batch.TryGet(BatchKeys.SampleId, out string[]? ids) ? ids : null;
        Module.Logged.Begin(prefix, batch.RowCount);
    }

    private void CheckWeights()
    {
        if (_finite.Problem() is { } problem)
            throw new NonFiniteLossException(problem);
    }

    private bool IsOver() => _position.Epoch >= Options.MaxEpochs || _position.GlobalStep >= Options.MaxSteps;

    /// <summary>Ends the run at a batch boundary when the caller wishes it, and throws when the whole environment was cancelled.</summary>
    private bool IsInterrupted()
    {
        _run.CheckAlive();
        if (Options.CancellationToken.IsCancellationRequested)
            StopReason = MLNet.StopReason.Cancelled;
        return StopReason is not null;
    }

    private void EndDiverged(NonFiniteLossException error)
    {
        string message = $"{error.Message} in {Where()}{WhichRows()}. Lower the learning rate, or look for NaN and infinite values in the input columns.";
        if (Options.OnDivergence == DivergencePolicy.Throw || _position.GlobalStep == 0 || _best.RestoreGood() is not { } kept)
        {
            Exception thrown = MLNetErrors.Mark(new InvalidOperationException(message, error));
            _callbacks.Run(callback => callback.OnException(_context, thrown));
            throw thrown;
        }
        StopReason = MLNet.StopReason.Diverged;
        Log.Error($"{message} Training stops; the model keeps {kept}.");
    }

    private ScheduleTime Time(double fraction) => new(_position.GlobalStep, _position.Epoch, Options.MaxEpochs, fraction)
    {
        Logged = name => History.Monitored(new MetricMonitor(name), nameof(TrainerOptions.LearningRateScheduler)),
    };

    /// <summary>Names the first rows of the present batch, when they have ids.</summary>
    private string WhichRows() => _sampleIds is null ? "" : $" (a batch with the rows {string.Join(", ", _sampleIds.Take(3).Select(id => $"'{id}'"))}{(_sampleIds.Length > 3 ? ", ..." : "")})";

    private string Where() => string.Create(CultureInfo.InvariantCulture, $"epoch {_position.Epoch + 1}, step {_position.GlobalStep}");

    private void SaveInterrupted()
    {
        if (Options.ModelDirectory is { } folder)
            SaveCheckpoint(Path.Combine(folder, ModelCheckpoint.LastName));
    }
}
