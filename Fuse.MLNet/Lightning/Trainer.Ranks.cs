using System.Globalization;
using System.Runtime.ExceptionServices;

namespace Fuse.MLNet;

internal sealed partial class Trainer
{
    // Above all reasons to stop: no process returns a model then.
    private const int EnvironmentWish = (int)MLNet.StopReason.Diverged + 2;
    private readonly long _ownSeed;
    private OperationCanceledException? _cancellation;
    private bool _isEnvironmentCancelled;
    private bool _hasWarnedOfLayers;
    private LogMark? _beforeStep;

    public int Rank => _ranks.Rank;

    public int WorldSize => _ranks.Size;

    public bool AllReport { get; private set; } = true;

    /// <summary>Names a row of a pass that measures, by its number among those of this process.</summary>
    public string RowName(int row) => _run.HasOwnRows ? string.Create(CultureInfo.InvariantCulture, $"{row} of process {Rank}")
        : (Rank + ((long)row * WorldSize)).ToString(CultureInfo.InvariantCulture);

    public byte[][] Gather(byte[] values) => _ranks.Gather(values);

    private void CompareReports()
    {
        if (_ranks.IsAlone)
            return;
        byte own = (byte)_callbacks.Reports.Count();
        AllReport = _ranks.Gather([own]).All(other => other[0] == own);
        if (!AllReport && _ranks.IsFirst && own > 0)
            Log.Warning($"Not every process has as many of {nameof(TrainingReport)}: the page shows the predictions of the first process only. Give the same callbacks in all; only the first one writes files.");
    }

    /// <summary>Gets what this process has logged up to the last step that all have ended, for a checkpoint of the first one.</summary>
    private byte[] LogOfEndedSteps()
    {
        using var scope = NewDisposeScope();
        return SharedLog.Write(Module.Logged.Part(_isInStep ? _beforeStep : null));
    }

    private void BeginStep()
    {
        if (!_ranks.IsFirst)
            _beforeStep = Module.Logged.Mark();
        _isInStep = true;
    }

    /// <summary>Asks for the run's end: at once when there is no other process, else when all have heard of it.</summary>
    private void Wish(StopReason kind)
    {
        _ranks.Wish = Math.Max(_ranks.Wish, (int)kind + 1);
        if (_ranks.IsAlone)
            StopReason ??= kind;
    }

    /// <summary>Comes together with the other processes, and stops when one of them wants to.</summary>
    private RankRound Agree(RankOperation operation, int length = 0, bool isLast = true)
    {
        RankRound round = _ranks.Meet(operation, length, isLast: isLast);
        TakeAgreedStop();
        return round;
    }

    /// <summary>Ends the run at a batch boundary when the caller wishes it, and throws when the whole environment was cancelled; of several processes all do so at the same batch.</summary>
    private bool IsInterrupted()
    {
        try
        {
            if (_cancellation is null)
                _run.CheckAlive();
        }
        catch (OperationCanceledException error)
        {
            (_cancellation, _isEnvironmentCancelled) = (error, _ranks.IsAlone);
            if (_ranks.IsAlone)
                throw;
            _ranks.Wish = EnvironmentWish;
        }
        if (Options.CancellationToken.IsCancellationRequested)
            Wish(MLNet.StopReason.Cancelled);
        TakeAgreedStop();
        return StopReason is not null;
    }

    private void TakeAgreedStop()
    {
        if (_ranks.AgreedWish == EnvironmentWish)
        {
            _isEnvironmentCancelled = true;
            ExceptionDispatchInfo.Throw(_cancellation ?? new OperationCanceledException("The MLContext was cancelled in another process of the run."));
        }
        if (_ranks.AgreedWish > 0)
            StopReason ??= (StopReason)(_ranks.AgreedWish - 1);
    }

    /// <summary>Gets a number that tells processes apart which were not given the same.</summary>
    private int Signature()
    {
        IEnumerable<string> parts = Module.state_dict().Select(entry => $"{entry.Key} {entry.Value.dtype} {ShapeText.Of(entry.Value)}")
            .Append($"{Options.BatchSize} {Options.MaxEpochs} {Options.MaxSteps} {Options.AccumulateBatches} {_stepper.Description} {_run.Validation.Count}")
            .Append(_run.HasOwnRows ? "" : $"{_run.Train.RowCount} {_run.Train.ShuffleBufferRows}");
        return (int)(parts.Aggregate(0L, (mix, part) => (long)StableHash.Mix(mix, (long)StableHash.Of(part))) & int.MaxValue);
    }

    private void TellOfOneProcessor()
    {
        if (!_ranks.IsAlone && _ranks.IsFirst && Environment.ProcessorCount == 1)
            Log.Info("This process may use one processor, which the threads of the runtime share with training: Open MPI binds a process to one by default. Where there are more, mpirun --bind-to none is faster (and set OMP_NUM_THREADS).");
    }

    private void WarnOfUnseenLayers()
    {
        if (_hasWarnedOfLayers || _exchange.BatchNorm is not { } batchNorm)
            return;
        _hasWarnedOfLayers = true;
        if (batchNorm.Unseen is { Count: > 0 } unseen)
            Log.Warning($"{nameof(TrainerOptions.SyncBatchNorm)} does not reach {string.Join(", ", unseen.Select(name => $"'{name}'"))}: run layers by call(x) instead of forward(x), which passes hooks by.");
    }

    private void ShareState() => SharedState.Share(_ranks, Module.state_dict());
}
