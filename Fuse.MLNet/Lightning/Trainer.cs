using System.Diagnostics;
using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Runs the training loop: each epoch trains, validates, ends its means, keeps the best weights, and runs the callbacks.</summary>
internal sealed class Trainer : IDisposable
{
    private readonly TrainingRun _run;
    private readonly OptimizerStepper _stepper;
    private readonly FiniteCheck _finite;
    private readonly BestEpoch _best;
    private readonly Callback[] _callbacks;
    private readonly TrainingContext _context;
    private readonly List<EpochRecord> _epochs = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private RunPosition _position;
    private TimeSpan _epochStart;

    public Trainer(LightningModule module, TrainerOptions options, TrainingRun run)
    {
        Module = module;
        Options = options;
        _run = run;
        _stepper = new OptimizerStepper(module, options);
        MetricMonitor? monitor = options.BestEpochSource.Count > 0 ? options.BestEpochSource[0]
            : run.Validation is not null ? new MetricMonitor($"{Phase.Validation.LogPrefix()}.{BatchKeys.TotalLoss}") : null;
        _finite = new FiniteCheck(module);
        _best = new BestEpoch(module, _finite, monitor, options.RestoreBestWeights);
        _callbacks = [.. options.Callbacks.Select(callback => callback.Fresh()), .. options.ModelDirectory is null ? [] : new[] { new ModelCheckpoint(monitor) }];
        _context = new TrainingContext(this);
    }

    public LightningModule Module { get; }

    public TrainerOptions Options { get; }

    public IRunLog Log => _run.Log;

    public RunPosition Position => _position;

    public double LearningRate => _stepper.LearningRate;

    public History History => new(ValueList.Create<EpochRecord>([.. _epochs]));

    public StopReason? StopReason { get; private set; }

    /// <summary>Trains the module, which must be on its device, and leaves it in evaluation mode.</summary>
    public TrainingResult Fit()
    {
        RunHook(callback => callback.OnFitStart(_context));
        try
        {
            while (StopReason is null && !IsOver() && TrainEpoch() && Validate())
            {
                CheckWeights();
                EndEpoch();
            }
            // A run may also end within an epoch, whose weights were not checked yet.
            if (_position.Batch > 0)
                CheckWeights();
        }
        catch (NonFiniteLossException error)
        {
            EndDiverged(error);
        }
        catch (OperationCanceledException)
        {
            SaveInterrupted();
            throw;
        }
        StopReason ??= MLNet.StopReason.Completed;
        if (StopReason == MLNet.StopReason.Cancelled)
            Log.Info($"cancelled in {Where()}");
        if (StopReason == MLNet.StopReason.Cancelled || (_position.Batch > 0 && StopReason != MLNet.StopReason.Diverged))
            SaveInterrupted();
        Module.eval();
        int? restored = _best.Restore(History);
        RunHook(callback => callback.OnFitEnd(_context));
        return new TrainingResult(History, StopReason.Value, restored);
    }

    /// <summary>Continues from a checkpoint instead of from the start.</summary>
    public void Resume(string path)
    {
        (TrainState state, ModuleState? best) = Checkpoint.Load(path, Module, _stepper.Optimizer);
        if (state.Monitor != _best.Monitor)
        {
            best?.Dispose();
            best = null;
            Log.Warning($"The checkpoint kept the best epoch by {state.Monitor?.ToString() ?? "no monitor"}, this run by {_best.Monitor?.ToString() ?? "none"}: it looks for its best epoch anew.");
        }
        _best.Resume(best);
        // Loading the optimizer's state brought the rate of its run.
        _stepper.ScaleLearningRate(1);
        if (state.Optimizer != _stepper.Description)
            Log.Warning($"The checkpoint was written with {state.Optimizer}, this run has {_stepper.Description}: the new learning rate holds, what else the optimizer keeps is the checkpoint's.");
        if (state.RowCount != _run.Train.RowCount || state.BatchSize != Options.BatchSize)
            throw MLNetErrors.Mark(new InvalidOperationException($"{path} was written with {state.RowCount} training rows in batches of {state.BatchSize}; there are " +
                $"{_run.Train.RowCount} in batches of {Options.BatchSize} now. A run is resumed with the same data and batch size."));
        _position = state.Position;
        _epochs.AddRange(state.History.Epochs);
        Module.Logged.Restore(state.Means);
        Log.Info(string.Create(CultureInfo.InvariantCulture, $"resumed from {path}: {_epochs.Count} epochs and {_position.Batch} batches done"));
    }

    public void StopEarly(string reason)
    {
        if (StopReason is null)
            Log.Info($"training stops: {reason}");
        StopReason ??= MLNet.StopReason.EarlyStopped;
    }

    public void SaveCheckpoint(string path)
    {
        if (_stepper.IsWithinStep)
            throw MLNetErrors.Mark(new InvalidOperationException("A checkpoint cannot be saved between the batches of one optimizer step (AccumulateBatches): the gradient summed up so far is not in it. Save it at an epoch's end."));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        Checkpoint.Save(path, new TrainState
        {
            FuseVersion = LibraryVersion.Fuse,
            Seed = _run.Seed,
            RowCount = _run.Train.RowCount,
            BatchSize = Options.BatchSize,
            Position = _position,
            Monitor = _best.Monitor,
            Optimizer = _stepper.Description,
            History = History,
            Means = ValueList.Create<RunningMean>(Module.Logged.Save()),
        }, Module, _best.Weights, _stepper.Optimizer);
    }

    public void Dispose()
    {
        _stepper.Dispose();
        _best.Dispose();
    }

    private bool TrainEpoch()
    {
        _epochStart = _watch.Elapsed;
        RunHook(callback => callback.OnEpochStart(_context));
        Module.train();
        using var grad = enable_grad();
        using IBatchReader reader = _run.Train.Open(_position.Epoch, _position.Batch);
        // Not between the batches of one optimizer step: the gradient summed up so far is in no checkpoint.
        while (_stepper.IsWithinStep || reader.Fraction >= 1 || !(IsInterrupted() || IsOver()))
        {
            using var scope = NewDisposeScope();
            double fraction = reader.Fraction;
            if (reader.Next() is not { } batch)
                return true;
            (batch.Phase, batch.GlobalStep) = (Phase.Train, _position.GlobalStep);
            if (Options.LearningRateScheduler is { } schedule)
                _stepper.ScaleLearningRate(schedule.Factor(Time(fraction)));
            bool stepped = BatchErrors.Guard(() => $"The training step failed in {Where()}", batch, () =>
            {
                using IDisposable drawing = RandomState.Hold(TrainingSeeds.ForStep(_run.Seed, _position.TrainingStep));
                return _stepper.Step(Module.TrainingStep(batch), batch.RowCount, isLast: reader.Fraction >= 1);
            });
            _position = _position with { Batch = _position.Batch + 1, TrainingStep = _position.TrainingStep + 1, GlobalStep = _position.GlobalStep + (stepped ? 1 : 0) };
            foreach (Callback callback in _callbacks)
                callback.OnTrainBatchEnd(_context, batch);
        }
        return false;
    }

    private bool Validate()
    {
        if (_run.Validation is null)
            return true;
        Module.eval();
        using var noGrad = no_grad();
        using IBatchReader reader = _run.Validation.Open(shuffledEpoch: null);
        RunningMean[] trained = Module.Logged.Save();
        bool ended = false;
        try
        {
            for (int index = 0; !ended && !IsInterrupted(); index++)
            {
                using var scope = NewDisposeScope();
                BatchDict? batch = reader.Next();
                ended = batch is null;
                if (batch is not null)
                {
                    (batch.Phase, batch.GlobalStep) = (Phase.Validation, _position.GlobalStep);
                    BatchErrors.Guard(() => $"The validation step failed in {Where()}", batch, () =>
                    {
                        using IDisposable drawing = RandomState.Hold(TrainingSeeds.ForValidation(_run.Seed, _position.TrainingStep, index));
                        Module.ValidationStep(batch);
                        return true;
                    });
                }
            }
        }
        finally
        {
            // A resumed run validates from the first row again.
            if (!ended)
                Module.Logged.Restore(trained);
        }
        return ended;
    }

    private void CheckWeights()
    {
        if (_finite.Problem() is { } problem)
            throw new NonFiniteLossException(problem);
    }

    private void EndEpoch()
    {
        var record = new EpochRecord(_position.Epoch, ValueList.Create<LoggedValue>(Module.TakeLogged()));
        _epochs.Add(record);
        bool isBest = _best.Note(History);
        if (_best.Monitor is { } monitor && double.IsNaN(record[monitor.Name]))
            Log.Warning($"{monitor.Name} is not a number in epoch {record.Epoch + 1}: are there validation rows with a label, and no NaN among their columns?");
        string values = string.Join(", ", record.Shown().Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Name} {value.Value:0.0000}")));
        Log.Info(string.Create(CultureInfo.InvariantCulture, $"epoch {record.Epoch + 1}/{Options.MaxEpochs}: {values}{(isBest ? " (best)" : "")}, {(_watch.Elapsed - _epochStart).TotalSeconds:0.0} s"));
        _position = _position with { Epoch = _position.Epoch + 1, Batch = 0 };
        RunHook(callback => callback.OnEpochEnd(_context));
    }

    private bool IsOver() => _position.Epoch >= Options.MaxEpochs || _position.GlobalStep >= Options.MaxSteps || _watch.Elapsed >= Options.MaxTime;

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
        string message = $"{error.Message} in {Where()}. Lower the learning rate, or look for NaN and infinite values in the input columns.";
        if (Options.OnDivergence == DivergencePolicy.Throw || _position.GlobalStep == 0 || _best.RestoreGood() is not { } kept)
            throw MLNetErrors.Mark(new InvalidOperationException(message, error));
        StopReason = MLNet.StopReason.Diverged;
        Log.Error($"{message} Training stops; the model keeps {kept}.");
    }

    private ScheduleTime Time(double fraction) => new(_position.GlobalStep, _position.Epoch, Options.MaxEpochs, fraction)
    {
        Logged = name => History.Monitored(new MetricMonitor(name), nameof(TrainerOptions.LearningRateScheduler)),
    };

    private string Where() => string.Create(CultureInfo.InvariantCulture, $"epoch {_position.Epoch + 1}, step {_position.GlobalStep}");

    private void SaveInterrupted()
    {
        if (Options.ModelDirectory is { } folder)
            SaveCheckpoint(Path.Combine(folder, ModelCheckpoint.LastName));
    }

    private void RunHook(Action<Callback> hook)
    {
        foreach (Callback callback in _callbacks)
            hook(callback);
    }
}
