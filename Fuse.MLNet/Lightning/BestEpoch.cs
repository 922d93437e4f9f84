namespace Fuse.MLNet;

/// <summary>Keeps the weights of the best epoch, and those of the last one for when the next diverges.</summary>
internal sealed class BestEpoch : IDisposable
{
    private readonly nn.Module _module;
    private readonly MetricMonitor? _monitor;
    private readonly bool _restoreBest;
    private ModuleState? _best;
    private ModuleState? _last;
    private double? _bestValue;

    public BestEpoch(nn.Module module, MetricMonitor? monitor, bool restoreBest)
    {
        _module = module;
        _monitor = monitor;
        _restoreBest = restoreBest;
    }

    /// <summary>Gets the best epoch so far, from 0.</summary>
    public int? Epoch { get; private set; }

    /// <summary>Takes note of a finished epoch.</summary>
    /// <returns>Whether it is the best so far.</returns>
    /// <exception cref="InvalidOperationException">The monitored name was not logged; the message lists the names.</exception>
    public bool Note(EpochRecord record)
    {
        Keep(ref _last);
        if (_monitor is null)
            return false;
        if (!record.Values.Any(value => value.Name == _monitor.Name))
            throw MLNetErrors.Mark(new InvalidOperationException(
                $"{nameof(TrainerOptions.BestEpochSource)} monitors '{_monitor.Name}', which is not logged. " +
                ClosestName.Hint(_monitor.Name, record.Values.Select(value => value.Name))));
        if (!_monitor.IsBetter(record[_monitor.Name], _bestValue))
            return false;
        _bestValue = record[_monitor.Name];
        Epoch = record.Epoch;
        Keep(ref _best);
        return true;
    }

    /// <summary>Gives the module the weights that the options ask for.</summary>
    /// <returns>The epoch they are from, or null when they are the last ones.</returns>
    public int? Restore()
    {
        if (_best is null || !_restoreBest)
            return null;
        _best.Restore(_module);
        return Epoch;
    }

    /// <summary>Puts the weights of the last finished epoch back when the present ones are not finite.</summary>
    /// <returns>Whether the module now has finite weights.</returns>
    public bool RestoreFinite()
    {
        if (IsFinite())
            return true;
        _last?.Restore(_module);
        return _last is not null && IsFinite();
    }

    public void Dispose()
    {
        _best?.Dispose();
        _last?.Dispose();
    }

    private void Keep(ref ModuleState? state)
    {
        if (state is null)
            state = ModuleState.Capture(_module);
        else
            state.Update(_module);
    }

    private bool IsFinite()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return _module.state_dict().Values.All(value => !value.is_floating_point() || value.isfinite().all().ToBoolean());
    }
}
