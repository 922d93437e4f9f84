namespace Fuse.MLNet;

internal sealed partial class Trainer
{
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
            {
                Module.Logged.GoBack(_trained);
                RunIfValidated(callback => callback.OnValidationInterrupted(_context));
            }
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
        int index = 0;
        foreach (MeasuredRows set in _run.Validation)
            if (!Validate(set, ref index))
                return false;
        return true;
    }

    private bool Validate(MeasuredRows set, ref int index)
    {
        using var noGrad = no_grad();
        using IBatchReader reader = set.Rows.Open(shuffledEpoch: null);
        Module.Logged.Begin(set.Prefix, 0);
        RunHook(ModuleHook.ValidationEpochStart, Module.OnValidationEpochStart);
        var pace = new ValidationPace(_ranks);
        bool hasMore = true;
        while (!IsInterrupted())
        {
            if (hasMore && !pace.IsDue)
            {
                if (!reader.Wait(isNeeded: !_ranks.IsAlone))
                    continue;
                using var scope = NewDisposeScope();
                BatchDict? batch = reader.Next();
                if (batch?.RowCount > 0)
                    Validate(batch, set.Prefix, index++);
                pace.Count();
                hasMore = batch is not null;
                if (hasMore)
                    continue;
            }
            if (pace.Meet(hasMore))
            {
                RunHook(ModuleHook.ValidationEpochEnd, Module.OnValidationEpochEnd);
                return true;
            }
        }
        return false;
    }

    private void Validate(BatchDict batch, string prefix, int index)
    {
        Begin(batch, Phase.Validation, prefix);
        long seed = TrainingSeeds.ForValidation(_ownSeed, _position.TrainingStep, index);
        BatchErrors.Guard(() => $"The validation step failed in {Where()}", batch, () =>
        {
            using Lock.Scope drawing = RandomState.Hold(seed);
            using IDisposable? autocast = Autocast.Enter(Options.Precision, _run.Device);
            Module.ValidationStep(batch);
            return true;
        });
        _callbacks.Run(callback => callback.OnValidationBatchEnd(_context, batch));
    }

    private void Note()
    {
        var record = new EpochRecord(_position.Epoch, ValueList.Create<LoggedValue>(SharedLog.Take(_ranks, Module.Logged)));
        History = new(ValueList.Create<EpochRecord>([.. History.Epochs, record]));
        ForgetDefaultMonitor(record);
        bool isBest = _best.Note(History);
        if (_best.Monitor is { } monitor && double.IsNaN(record[monitor.Name]))
            Log.Warning($"{monitor.Name} is not a number in epoch {record.Epoch + 1}: are there validation rows with a label, and no NaN among their columns?");
        Log.Info(record.Line(Options.MaxEpochs, _watch.Elapsed - _epochStart, isBest));
    }

    // A module of the user's own need not log a total loss; one that the options name must be there.
    private void ForgetDefaultMonitor(EpochRecord record)
    {
        if (Options.BestEpochSource.Count == 0 && _best.Monitor is { } monitor && record.Values.All(value => value.Name != monitor.Name))
            _best.Forget();
    }
}
