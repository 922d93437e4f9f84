namespace Fuse.MLNet;

internal sealed partial class Trainer
{
    // One function for all steps, which need not make one each.
    private readonly Func<Tensor?> _trainingStep;
    private BatchDict? _batch;
    private BatchDict? _readBatch;
    private TimeSpan _epochStart;
    private RunningMean[] _trained = [];
    private string[]? _sampleIds;
    private bool _isEpochRead;
    private int _batchesOfEpoch;

    public double EpochFraction { get; private set; }

    public bool HasStepped { get; private set; }

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
            if ((reader.Next() ?? BatchOfOthers()) is not { } batch)
            {
                EndTraining();
                return true;
            }
            TrainBatch(reader, batch);
        }
        return false;
    }

    private void TrainBatch(IBatchReader reader, BatchDict batch)
    {
        Begin(batch, Phase.Train, Phase.Train.LogPrefix());
        if (_stepper is { IsWithinStep: false, HasSchedule: true })
            _stepper.Schedule(Time(EpochFraction));
        BeginStep();
        _callbacks.OnTrainBatchStart(_context, batch);
        EpochFraction = FractionAfter(reader);
        HasStepped = Step(batch, isLast: reader.Fraction >= 1);
        _isEpochRead = _stepper.WasLast;
        WarnOfUnseenLayers();
        if (_stepper.WasIdle)
        {
            (_isEpochRead, _isInStep) = (true, false);
            return;
        }
        _position = _position with { Batch = _position.Batch + 1, TrainingStep = _position.TrainingStep + 1, GlobalStep = _position.GlobalStep + (HasStepped ? 1 : 0) };
        _isInStep = false;
        if (_callbacks.HasTrainBatchEnd)
            RunSaving(() => _callbacks.OnTrainBatchEnd(_context, batch));
    }

    /// <summary>Ends the training part of an epoch: what is logged up to here is where a resumed run goes on that was broken off in validation.</summary>
    private void EndTraining()
    {
        Module.Logged.IsMuted = false;
        if (_ranks.IsFirst && Module.Logged.Unmeasured is { Count: > 0 } names)
            Log.Warning($"{string.Join(", ", names)}: left out in this epoch, because no batch of the {(_ranks.IsAlone ? "run" : "first process")} was measured by it after the checkpoint.");
        SharedLog.EndMetrics(_ranks, Module.Logged);
        ShareState();
        _trained = Module.Logged.SaveMeans();
        RunHook(ModuleHook.TrainEpochEnd, Module.OnTrainEpochEnd);
    }

    /// <summary>Begins an epoch, whose length in batches is that of the process with the most rows.</summary>
    private void BeginEpoch(IBatchReader reader)
    {
        RankRound round = Agree(RankOperation.Epoch, BatchesOfOwnRows(), isLast: reader.Fraction >= 1);
        (_batchesOfEpoch, _isEpochRead) = (round.Length, round.IsLast);
        EpochFraction = _run.HasOwnRows ? Fraction(_position.Batch) : reader.Fraction;
    }

    private int BatchesOfOwnRows() => _run.HasOwnRows && _run.Train.RowCount is { } rows ? (int)Math.Min(int.MaxValue, (rows + Options.BatchSize - 1) / Options.BatchSize) : 0;

    private double FractionAfter(IBatchReader reader) => _run.HasOwnRows ? Fraction(_position.Batch + 1) : reader.Fraction;

    // The schedules of all processes must come to the same.
    private double Fraction(int batches) => _batchesOfEpoch == 0 ? 0 : Math.Min(1, (double)batches / _batchesOfEpoch);

    /// <summary>Gets an empty batch while other processes have more rows than this one, or null when none has.</summary>
    private BatchDict? BatchOfOthers() => _ranks.IsAlone || _isEpochRead ? null : new BatchDict { RowCount = 0 };

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

    private void Begin(BatchDict batch, Phase phase, string prefix)
    {
        (batch.Phase, batch.GlobalStep) = (phase, _position.GlobalStep);
        _sampleIds = batch.TryGet(BatchKeys.SampleId, out string[]? ids) ? ids : null;
        Module.Logged.Begin(prefix, batch.RowCount);
        Module.Logged.IsMuted = batch.IsCountedElsewhere;
    }

    private ScheduleTime Time(double fraction) => new(_position.GlobalStep, _position.Epoch, Options.MaxEpochs, fraction)
    {
        Logged = name => History.Monitored(new MetricMonitor(name), nameof(TrainerOptions.LearningRateScheduler)),
    };

    /// <summary>Names the first rows of the present batch, when they have ids.</summary>
    private string WhichRows() => _sampleIds is null ? "" : $" (a batch with the rows {string.Join(", ", _sampleIds.Take(3).Select(id => $"'{id}'"))}{(_sampleIds.Length > 3 ? ", ..." : "")})";
}
