namespace Fuse.MLNet;

/// <summary>Keeps the weights of the best epoch, and those of the last one for when the next diverges.</summary>
internal sealed class BestEpoch(nn.Module module, FiniteCheck finite, IReadOnlyList<MetricMonitor> monitors, bool restoreBest) : IDisposable
{
    private ModuleState? _best;
    private ModuleState? _last;
    private int _from;
    private bool _hasEpoch;

    /// <summary>Gets the monitors; the first decides, and without any the last epoch is kept.</summary>
    public IReadOnlyList<MetricMonitor> Monitors { get; private set; } = monitors;

    /// <summary>Gets the monitor that decides, or null when the last epoch is kept.</summary>
    public MetricMonitor? Monitor => Monitors.Count > 0 ? Monitors[0] : null;

    /// <summary>Gets the weights of the best epoch, when there is one.</summary>
    public ModuleState? Weights => _best;

    /// <summary>Takes note of a finished epoch.</summary>
    /// <returns>Whether it is the best so far.</returns>
    /// <exception cref="InvalidOperationException">The monitored name was not logged; the message lists the names.</exception>
    public bool Note(History history)
    {
        Keep(ref _last);
        _hasEpoch = true;
        foreach (MetricMonitor monitor in Monitors)
            history.Monitored(monitor, nameof(TrainerOptions.BestEpochSource));
        if (Monitor is null)
            return false;
        bool isBest = Track(history).BestEpoch == history.Epochs.Count - 1;
        if (isBest)
            Keep(ref _best);
        return isBest;
    }

    /// <summary>Keeps the last epoch from now on.</summary>
    public void Forget() => Monitors = [];

    /// <summary>Takes the weights of the best epoch from a checkpoint, and the present ones as good.</summary>
    /// <param name="weights">The weights; null when the checkpoint has none by this monitor.</param>
    /// <param name="from">The epoch from which the best is looked for.</param>
    public void Resume(ModuleState? weights, int from)
    {
        (_best, _from) = (weights, from);
        Keep(ref _last);
    }

    /// <summary>Gives the module the weights that the options ask for.</summary>
    /// <returns>The epoch they are from, or null when they are the last ones.</returns>
    public int? Restore(History history)
    {
        if (_best is null || !restoreBest)
            return null;
        _best.Restore(module);
        return Track(history).BestEpoch;
    }

    /// <summary>Gives the module weights from before it diverged.</summary>
    /// <returns>Which they are, or null when there are none.</returns>
    public string? RestoreGood()
    {
        if (_last is not null)
        {
            _last.Restore(module);
            return _hasEpoch ? "the weights of the last finished epoch" : "the weights that the run was resumed with";
        }
        return finite.Problem() is null ? "its present weights, which are finite, though no epoch was finished" : null;
    }

    public void Dispose()
    {
        _best?.Dispose();
        _last?.Dispose();
    }

    // Only epochs whose weights may be here count.
    private MonitorTrack Track(History history)
    {
        MonitorTrack track = Monitor!.Follow(history.Monitored(Monitor, nameof(TrainerOptions.BestEpochSource)).Skip(_from));
        return track with { BestEpoch = track.BestEpoch + _from };
    }

    private void Keep(ref ModuleState? state)
    {
        if (state is null)
            state = ModuleState.Capture(module);
        else
            state.Update(module);
    }
}
