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
    private readonly List<string> _asked = [];
    private bool _isValidating;
    private bool _isInStep;
    private bool _isInHooks;

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
        TellOfOneProcessor();
        CompareReports();
        ShareState();
        _callbacks.Run(callback => callback.OnFitStart(_context));
        Module.OnFitStart();
    }

    private void RunHook(ModuleHook which, Action hook)
    {
        Module.Logged.Begin(Module.Logged.Prefix, 0);
        using Lock.Scope drawing = RandomState.Hold(TrainingSeeds.ForHook(_run.Seed, _position.TrainingStep, (int)which));
        hook();
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

    private string Where() => string.Create(CultureInfo.InvariantCulture, $"epoch {_position.Epoch + 1}, step {_position.GlobalStep}");
}
