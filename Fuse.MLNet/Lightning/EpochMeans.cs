namespace Fuse.MLNet;

/// <summary>Averages logged values over an epoch, each batch weighing by its rows.</summary>
internal sealed class EpochMeans
{
    private readonly Dictionary<string, (double Sum, double Weight)> _sums = new(StringComparer.Ordinal);

    public void Add(string name, double value, double weight)
    {
        (double sum, double total) = _sums.GetValueOrDefault(name);
        _sums[name] = weight > 0 ? (sum + (value * weight), total + weight) : (sum, total);
    }

    /// <summary>Gets the sums in the order of first logging and starts over.</summary>
    public RunningMean[] Take()
    {
        RunningMean[] means = Save();
        _sums.Clear();
        return means;
    }

    /// <summary>Gets the running sums, to be put back when the epoch is resumed.</summary>
    public RunningMean[] Save() => [.. _sums.Select(pair => new RunningMean(pair.Key, pair.Value.Sum, pair.Value.Weight))];

    /// <summary>Puts running sums back.</summary>
    public void Restore(IEnumerable<RunningMean> sums)
    {
        _sums.Clear();
        foreach ((string name, double sum, double weight) in sums)
            _sums[name] = (sum, weight);
    }
}
