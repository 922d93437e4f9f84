using System.Globalization;

namespace Fuse.MLNet;

internal sealed partial class Trainer
{
    /// <summary>Continues from a checkpoint instead of from the start.</summary>
    /// <param name="copy">The file to read.</param>
    /// <param name="path">The name that it has for the user.</param>
    public void Resume(string copy, string path)
    {
        using Checkpoint file = Checkpoint.Open(copy);
        TrainState state = file.State;
        if (state.History.Epochs.Count > 0)
            ForgetDefaultMonitor(state.History.Epochs[^1]);
        bool isSameMonitor = state.Monitor == _best.Monitor;
        bool isSameRows = !_run.HasOwnRows || (_ranks.IsFirst && ProcessesOf(state) == _ranks.Size);
        if ((isSameRows && state.RowCount is { } rows && _run.Train.RowCount is { } present && rows != present) || state.BatchSize != Options.BatchSize)
            throw MLNetErrors.Mark(new InvalidOperationException($"{path} was written with {state.RowCount} training rows in batches of {state.BatchSize}; there are " +
                $"{_run.Train.RowCount} in batches of {Options.BatchSize} now. A run is resumed with the same data, batch size, sampler and limits."));
        CheckOrder(path, state);
        if (isSameRows && state.RowCount is { } counted)
            _run.Train.Expect(counted);
        try
        {
            _checkpoint.Load(file, isSameMonitor, PartsOf(state));
        }
        catch (Exception error) when (error is not (InvalidDataException or OutOfMemoryException))
        {
            throw MLNetErrors.Mark(new InvalidDataException($"{path} cannot be resumed from: {error.Message}", error));
        }
        if (!isSameMonitor)
            Log.Warning($"The checkpoint kept the best epoch by {state.Monitor?.ToString() ?? "no monitor"}, this run by {_best.Monitor?.ToString() ?? "none"}: it looks for its best epoch anew.");
        if (state.Optimizer != _stepper.Description)
            Log.Warning($"The checkpoint was written with {state.Optimizer}, this run has {_stepper.Description}: the new learning rate holds, what else the optimizer keeps is the checkpoint's.");
        _position = AmongProcesses(state);
        History = state.History;
        Log.Info(string.Create(CultureInfo.InvariantCulture, $"resumed from {path}: {History.Epochs.Count} epochs and {_position.Batch} batches done"));
    }

    public void SaveCheckpoint(string path)
    {
        if (_isInStep)
            throw MLNetErrors.Mark(new InvalidOperationException("A checkpoint cannot be saved in the middle of a training step. Save it when the batch has ended."));
        if (_isValidating)
            throw MLNetErrors.Mark(new InvalidOperationException("A checkpoint cannot be saved during validation: the epoch is half done, and callbacks may have changed the weights. Save it at the epoch's end."));
        if (_stepper.IsWithinStep)
            throw MLNetErrors.Mark(new InvalidOperationException("A checkpoint cannot be saved between the batches of one optimizer step (AccumulateBatches): the gradient summed up so far is not in it. Save it at an epoch's end."));
        if (!_ranks.IsFirst)
            return;
        if (_isInHooks)
        {
            _asked.Add(path);
            return;
        }
        using var scope = NewDisposeScope();
        LoggedPart[] others = _ranks.IsAlone ? [] : [.. _ranks.Ask()[1..].Select(SharedLog.Read)];
        _checkpoint.Save(path, new TrainState
        {
            FuseVersion = LibraryVersion.Fuse,
            Seed = _run.Seed,
            RowCount = _run.Train.RowCount,
            ShuffleBufferRows = _run.Train.ShuffleBufferRows,
            BatchSize = Options.BatchSize,
            Processes = _ranks.Size,
            Position = _position,
            Monitor = _best.Monitor,
            Optimizer = _stepper.Description,
            History = History,
            Means = [],
            Callbacks = [],
        }, others, _isEpochRead);
    }

    /// <summary>Gets the processes that wrote a checkpoint whose part of the unfinished epoch's log this one goes on with: as many as then go on each with its own, else the first one with all.</summary>
    private IEnumerable<int> PartsOf(TrainState state)
    {
        int processes = ProcessesOf(state);
        int known = state.MeansOfOthers.Count + 1;
        if (known < processes && state.Position.Batch > 0)
            Log.Warning($"The checkpoint was written within an epoch, by one of {processes} processes for its own rows: the values logged of this epoch leave out what the others had.");
        return processes == _ranks.Size && known == processes ? [_ranks.Rank] : _ranks.IsFirst ? Enumerable.Range(0, known) : [];
    }

    /// <summary>Gets the position for the number of processes that there is now: a batch of all of them has other rows than one of those that wrote the checkpoint.</summary>
    private RunPosition AmongProcesses(TrainState state)
    {
        int processes = ProcessesOf(state);
        if (processes == _ranks.Size || state.Position.Batch == 0)
            return state.Position;
        long done = (long)state.Position.Batch * processes;
        if (done % _ranks.Size != 0 || _run.HasOwnRows)
            Log.Warning($"The checkpoint was written by {processes} processes within an epoch, and there are {_ranks.Size} now: some rows of the epoch are trained on, and counted in what it logs, twice.");
        return state.Position with { Batch = (int)(done / _ranks.Size) };
    }

    private static int ProcessesOf(TrainState state) => state.Processes ?? 1;

    /// <summary>Refuses to go on within an epoch whose rows come in another order now: some would come twice and others not at all.</summary>
    private void CheckOrder(string path, TrainState state)
    {
        if (state.ShuffleBufferRows == _run.Train.ShuffleBufferRows)
            return;
        string Way(int? slots) => slots is { } rows ? string.Create(CultureInfo.InvariantCulture, $"streamed the training rows, shuffled among {rows}") : "kept the training rows in memory";
        string difference = $"{path} was written by a run that {Way(state.ShuffleBufferRows)}; this one {Way(_run.Train.ShuffleBufferRows)}";
        if (state.Position.Batch > 0)
            throw MLNetErrors.Mark(new InvalidOperationException($"{difference}, so that the rest of its unfinished epoch has other rows. " +
                "Set StagingBytes and ShuffleBufferRows as they were then, or resume from a checkpoint of an epoch's end."));
        Log.Warning($"{difference}: the epochs have other orders than those of an uninterrupted run.");
    }

    /// <summary>Runs hooks in which a checkpoint may be asked for; it is saved when all callbacks had their turn, so that it holds what they made of it.</summary>
    private void RunSaving(Action hooks)
    {
        _isInHooks = true;
        hooks();
        _isInHooks = false;
        foreach (string path in _asked)
            SaveCheckpoint(path);
        _asked.Clear();
    }

    private void SaveInterrupted()
    {
        _isInStep = _isInHooks = false;
        foreach (ModelCheckpoint checkpoint in _callbacks.Checkpoints)
            checkpoint.SaveLastOf(_context);
        // The others give what the first one asks for, and log nothing meanwhile.
        _ranks.Meet(RankOperation.Saved);
    }
}
