using System.Diagnostics;
using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Runs the training loop: each epoch trains, validates, ends its means, keeps the best weights, and runs the callbacks.</summary>
internal sealed partial class Trainer : IDisposable
{
    private readonly TrainingRun _run;
    private readonly RankAgreement _ranks;
    private readonly GradientExchange _exchange;
    private readonly OptimizerStepper _stepper;
    private readonly FrozenParts _frozen;
    private readonly FiniteCheck _finite;
    private readonly BestEpoch _best;
    private readonly CallbackList _callbacks;
    private readonly TrainingContext _context;
    private readonly RunCheckpoint _checkpoint;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private RunPosition _position;
    private TimeSpan _epochStart;
    private readonly List<string> _asked = [];
    private RunningMean[] _trained = [];
    private bool _isValidating;
    private bool _isInStep;
    private bool _isInHooks;
    private bool _isEpochRead;
    private string[]? _sampleIds;
    // One function for all steps, which need not make one each.
    private readonly Func<Tensor?> _trainingStep;
    private BatchDict? _batch;
    private BatchDict? _readBatch;

    public Trainer(LightningModule module, TrainerOptions options, TrainingRun run)
    {
        Module = module;
        _trainingStep = TrainingStep;
        Options = options;
        (_run, _ranks) = (run, run.Ranks);
        _exchange = new GradientExchange(_ranks) { BatchNorm = options.SyncBatchNorm && !_ranks.IsAlone ? new SyncBatchNorm(module, _ranks) : null };
        _ownSeed = TrainingSeeds.ForRank(run.Seed, _ranks.Rank);
        Autocast.Check(options.Precision, run.Device);
        _context = new TrainingContext(this);
        _callbacks = new CallbackList(options.Callbacks.Concat(module.ConfigureCallbacks()).Where(callback => !options.IsTrial || !callback.WritesFiles), DefaultCallbacks.Of(options), _ranks.IsFirst);
        _frozen = new FrozenParts(module, options.Freeze);
        _stepper = new OptimizerStepper(module, options, _exchange)
        {
            BeforeBackward = loss => _callbacks.OnBeforeBackward(_context, loss),
            BeforeStep = () => _callbacks.OnBeforeOptimizerStep(_context),
        };
        _finite = new FiniteCheck(module);
        _best = new BestEpoch(module, _finite, options.BestEpochSource.Count > 0 ? [.. options.BestEpochSource]
            : run.Validation.Count > 0 ? [new($"{run.Validation[0].Prefix}.{BatchKeys.TotalLoss}")] : [], options.RestoreBestWeights);
        _checkpoint = new RunCheckpoint(module, _stepper, _best, _callbacks);
        _ranks.Answer = LogOfEndedSteps;
    }

    public LightningModule Module { get; }

    public TrainerOptions Options { get; }

    public IReadOnlyList<MetricMonitor> Monitors => _best.Monitors;

    public IRunLog Log => _run.Log;

    public IReadOnlySet<string> InputKeys => _run.InputKeys;

    public IReadOnlyList<MeasuredOutput> Outputs => _run.Outputs;

    public RunPosition Position => _position;

    public double EpochFraction { get; private set; }

    public bool HasStepped { get; private set; }

    public TimeSpan Elapsed => _watch.Elapsed;

    public IReadOnlyList<double> LearningRates => [.. _stepper.Optimizers.Select(optimizer => optimizer.LearningRate)];

    public History History { get; private set; } = new([]);

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
            _ranks.TellDiverged(error.Message);
            EndDiverged(error);
        }
        catch (RankFailedException error) when (error.Fault == RankFault.Diverged)
        {
            EndDiverged(new NonFiniteLossException(error.Message));
        }
        catch (Exception error)
        {
            // What else is cancelled may have left a step half done.
            if (_isEnvironmentCancelled)
                SaveInterrupted();
            _callbacks.OnException(_context, error);
            throw;
        }
        Module.eval();
        RestoredEpoch = _best.Restore(History);
        _callbacks.Run(callback => callback.OnFitEnd(_context));
        Module.OnFitEnd();
        ShareState();
        return new TrainingResult(History, StopReason!.Value, RestoredEpoch);
    }

    public void Stop(string reason, StopReason kind)
    {
        if (StopReason is null && _ranks.Wish == 0)
            Log.Info($"training stops: {reason}");
        Wish(kind);
    }

    public void Dispose()
    {
        _stepper.Dispose();
        _exchange.Dispose();
        _best.Dispose();
    }

    private void Start()
    {
        _ranks.Meet(RankOperation.Start, Signature());
        CompareReports();
        ShareState();
        _callbacks.Run(callback => callback.OnFitStart(_context));
        Module.OnFitStart();
    }

    private bool TrainEpoch()
    {
        _epochStart = _watch.Elapsed;
        _callbacks.Run(callback => callback.OnEpochStart(_context));
        Module.train();
        _frozen.Eval();
        Module.Logged.Begin(Phase.Train.LogPrefix(), 0);
        RunHook(ModuleHook.TrainEpochStart, Module.OnTrainEpochStart);
        using var grad = enable_grad();
        using IBatchReader reader = _run.Train.Open(_position.Epoch, _position.Batch);
        BeginEpoch(reader);
        // Not between the batches of one optimizer step: the gradient summed up so far is in no checkpoint.
        while (_stepper.IsWithinStep || _isEpochRead || !(IsInterrupted() || IsOver()))
        {
            if (!reader.Wait(isNeeded: _stepper.IsWithinStep || !_ranks.IsAlone))
                continue;
            using var scope = NewDisposeScope();
            double fraction = EpochFraction;
            if ((reader.Next() ?? BatchOfOthers()) is not { } batch)
            {
                EndTraining();
                return true;
            }
            Begin(batch, Phase.Train, Phase.Train.LogPrefix());
            if (_stepper is { IsWithinStep: false, HasSchedule: true })
                _stepper.Schedule(Time(fraction));
            BeginStep();
            _callbacks.OnTrainBatchStart(_context, batch);
            EpochFraction = FractionAfter(reader);
            HasStepped = Step(batch, isLast: reader.Fraction >= 1);
            _isEpochRead = _stepper.WasLast;
            WarnOfUnseenLayers();
            if (_stepper.WasIdle)
            {
                (_isEpochRead, _isInStep) = (true, false);
                continue;
            }
            _position = _position with { Batch = _position.Batch + 1, TrainingStep = _position.TrainingStep + 1, GlobalStep = _position.GlobalStep + (HasStepped ? 1 : 0) };
            _isInStep = false;
            if (_callbacks.HasTrainBatchEnd)
                RunSaving(() => _callbacks.OnTrainBatchEnd(_context, batch));
        }
        return false;
    }

    /// <summary>Ends the training part of an epoch: what is logged up to here is where a resumed run goes on that was broken off in validation.</summary>
    private void EndTraining()
    {
        Module.Logged.IsMuted = false;
        SharedLog.EndMetrics(_ranks, Module.Logged);
        ShareState();
        _trained = Module.Logged.SaveMeans();
        RunHook(ModuleHook.TrainEpochEnd, Module.OnTrainEpochEnd);
    }

    private void RunHook(ModuleHook which, Action hook)
    {
        Module.Logged.Begin(Module.Logged.Prefix, 0);
        using Lock.Scope drawing = RandomState.Hold(TrainingSeeds.ForHook(_run.Seed, _position.TrainingStep, (int)which));
        hook();
    }

    private bool Step(BatchDict batch, bool isLast)
    {
        // A step that computes its loss again gets the batch as it was read: what the first look left there is freed by then, or not its own.
        (_batch, _readBatch) = (batch, _stepper.NeedsClosure ? batch.Copy() : null);
        try
        {
            return _stepper.Step(batch.RowCount > 0 ? _trainingStep : null, batch.RowCount, isLast);
        }
        catch (Exception error) when (BatchErrors.IsOfTheBatch(error))
        {
            throw BatchErrors.Describe($"The training step failed in {Where()}", batch, error);
        }
        finally
        {
            (_batch, _readBatch) = (null, null);
        }
    }

    private Tensor? TrainingStep()
    {
        using Lock.Scope drawing = RandomState.Hold(TrainingSeeds.ForStep(_ownSeed, _position.TrainingStep));
        using IDisposable? autocast = Autocast.Enter(Options.Precision, _run.Device);
        BatchDict given = _batch!;
        _batch = _readBatch?.Copy() ?? given;
        return Module.TrainingStep(given);
    }

    private void EndEpoch()
    {
        (_position, EpochFraction) = (_position with { Epoch = _position.Epoch + 1, Batch = 0 }, 0);
        RunSaving(() => _callbacks.Run(callback => callback.OnEpochEnd(_context)));
        Agree(RankOperation.EpochEnd);
    }

    private void End()
    {
        // A run may also end within an epoch, whose weights were not checked yet.
        if (_position.Batch > 0)
        {
            ShareState();
            CheckWeights();
        }
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
        Module.Logged.IsMuted = batch.IsCountedElsewhere;
    }

    private void CheckWeights()
    {
        if (_finite.Problem() is { } problem)
            throw new NonFiniteLossException(problem);
    }

    private bool IsOver() => _position.Epoch >= Options.MaxEpochs || _position.GlobalStep >= Options.MaxSteps;

    private void EndDiverged(NonFiniteLossException error)
    {
        string message = $"{error.Message} in {Where()}{WhichRows()}. Lower the learning rate, or look for NaN and infinite values in the input columns.";
        if (Options.OnDivergence == DivergencePolicy.Throw || _position.GlobalStep == 0 || _best.RestoreGood() is not { } kept)
        {
            Exception thrown = MLNetErrors.Mark(new InvalidOperationException(message, error));
            _callbacks.OnException(_context, thrown);
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
}
