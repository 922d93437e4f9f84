namespace Fuse.MLNet;

/// <summary>Gathers what is logged in an epoch: means over batches, each weighing by its rows, and the rows of metrics.</summary>
internal sealed class EpochLog
{
    private readonly OrderedDictionary<string, RunningMean> _means = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, MetricCollector> _metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResumedRows> _resumed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _latest = new(StringComparer.Ordinal);

    /// <summary>Gets where logged names of the present batches begin: a phase, with a validation set's name.</summary>
    public string Prefix { get; private set; } = Phase.Train.LogPrefix();

    /// <summary>Gets the rows of the present batch, which its values weigh by; 0 in hooks, whose values weigh 1.</summary>
    public int Rows { get; private set; }

    /// <summary>Gets or sets whether nothing is logged, as when a step is computed a second time.</summary>
    public bool IsMuted { get; set; }

    /// <summary>Gets the values logged in the present batch.</summary>
    public IReadOnlyDictionary<string, double> Latest => _latest;

    /// <summary>Starts a batch.</summary>
    public void Begin(string prefix, int rows)
    {
        (Prefix, Rows) = (prefix, rows);
        _latest.Clear();
    }

    public void Add(string name, double value, double weight, LogKind kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (IsMuted)
            return;
        _latest[name] = value;
        _means[name] = (_means.TryGetValue(name, out RunningMean? mean) ? mean : new RunningMean(name, 0, 0, kind)).Add(value, weight);
    }

    /// <summary>Takes what a metric needs of a batch.</summary>
    public void Collect(string name, MetricBase metric, BatchDict batch)
    {
        if (IsMuted)
            return;
        string logged = $"{Prefix}.metrics.{name}";
        if (!_metrics.TryGetValue(logged, out MetricCollector? collector))
        {
            _metrics[logged] = collector = new MetricCollector(name, metric);
            if (_resumed.Remove(logged, out ResumedRows? rows))
                rows.RestoreTo(collector);
        }
        collector.Add(batch);
    }

    /// <summary>Gets the metrics with their rows so far, by logged name.</summary>
    public IReadOnlyDictionary<string, MetricCollector> Metrics => new Dictionary<string, MetricCollector>(_metrics);

    /// <summary>Gets the logged names of the metrics that have rows from a checkpoint and have not been asked for since.</summary>
    public IReadOnlyCollection<string> Unmeasured => _resumed.Keys;

    /// <summary>Computes the metrics so far and keeps only their values, so that no rows are left to save.</summary>
    public void EndMetrics()
    {
        foreach ((string name, MetricCollector collector) in _metrics)
            foreach ((string part, double value) in collector.Compute())
                Add(part.Length == 0 ? name : $"{name}.{part}", value, 1, LogKind.Last);
        ForgetMetrics();
    }

    /// <summary>Gets the means that <see cref="EndMetrics"/> would leave, with the rows of other processes among those of the metrics.</summary>
    public RunningMean[] MeansWithMetrics(IEnumerable<LoggedPart> others)
    {
        var ended = new EpochLog();
        foreach (RunningMean mean in _means.Values)
            ended.Merge(mean);
        foreach ((string name, MetricCollector collector) in _metrics)
            ended._metrics[name] = collector.Copy();
        foreach ((string name, Tensor rows) in others.SelectMany(other => other.Rows))
            ended.Merge(name, rows);
        ended.EndMetrics();
        return ended.SaveMeans();
    }

    /// <summary>Adds what another process logged under a name.</summary>
    public void Merge(RunningMean other) => _means[other.Name] = _means.TryGetValue(other.Name, out RunningMean? mean) ? mean.Merge(other) : other;

    /// <summary>Adds the rows of a metric that another process collected.</summary>
    public void Merge(string name, Tensor rows)
    {
        if (_metrics.TryGetValue(name, out MetricCollector? collector))
            collector.Add(rows);
    }

    /// <summary>Forgets the metrics' rows, which another process has now.</summary>
    public void ForgetMetrics()
    {
        _metrics.Clear();
        _resumed.Clear();
    }

    /// <summary>Ends an epoch: gets its values, phase by phase, and starts over.</summary>
    /// <exception cref="InvalidOperationException">Two values have one name.</exception>
    public LoggedValue[] Take()
    {
        LoggedValue[] values = [.. Values()];
        if (values.GroupBy(value => value.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw MLNetErrors.Mark(new InvalidOperationException($"'{twice.Key}' is logged twice in one epoch, in two ways: by Log and as a loss's total or a metric. Log yours under another name."));
        Clear();
        return values;
    }

    /// <summary>Starts over.</summary>
    public void Clear()
    {
        ForgetMetrics();
        _means.Clear();
        _latest.Clear();
    }

    /// <summary>Gets the means so far, to be put back when the epoch is resumed.</summary>
    public RunningMean[] SaveMeans() => [.. _means.Values];

    /// <summary>Notes how far the log has come.</summary>
    public LogMark Mark() => new(SaveMeans(), _metrics.Select(metric => KeyValuePair.Create(metric.Key, (long)metric.Value.Count))
        .Concat(_resumed.Select(rows => KeyValuePair.Create(rows.Key, rows.Value.Count))).ToDictionary());

    /// <summary>Gets what was logged so far, or up to a mark, in the current dispose scope.</summary>
    public LoggedPart Part(LogMark? mark = null) => mark is null ? new(SaveMeans(), SaveMetrics().ToDictionary())
        : new(mark.Means, SaveMetrics().Where(rows => mark.Rows.ContainsKey(rows.Key)).ToDictionary(rows => rows.Key, rows => rows.Value.narrow(0, 0, mark.Rows[rows.Key])));

    /// <summary>Adds what was logged in an unfinished epoch before.</summary>
    public void Resume(LoggedPart part)
    {
        foreach (RunningMean mean in part.Means)
            Merge(mean);
        foreach ((string name, Tensor rows) in part.Rows)
            _resumed[name] = _resumed.TryGetValue(name, out ResumedRows? before) ? before.With(ResumedRows.Of(rows)) : ResumedRows.Of(rows);
    }

    /// <summary>Forgets what was logged since means were saved, when a validation was broken off.</summary>
    public void GoBack(RunningMean[] means)
    {
        _metrics.Clear();
        _means.Clear();
        foreach (RunningMean mean in means)
            _means[mean.Name] = mean;
    }

    /// <summary>Gets the metrics' rows so far, by logged name, in the current dispose scope.</summary>
    private IEnumerable<KeyValuePair<string, Tensor>> SaveMetrics() => _metrics.Select(metric => KeyValuePair.Create(metric.Key, metric.Value.Save()))
        .Concat(_resumed.Select(rows => KeyValuePair.Create(rows.Key, rows.Value.ToTensor())));

    private IEnumerable<LoggedValue> Values()
    {
        string[] prefixes =
        [
            .. _means.Values.Where(mean => mean.Kind == LogKind.Loss).Select(mean => mean.Name[..mean.Name.IndexOf(".losses.", StringComparison.Ordinal)])
                .Concat(_metrics.Keys.Concat(_means.Keys).Where(name => name.Contains(".metrics.", StringComparison.Ordinal)).Select(name => name[..name.IndexOf(".metrics.", StringComparison.Ordinal)])).Distinct(StringComparer.Ordinal),
        ];
        string? Owner(string name) => prefixes.Where(prefix => name.StartsWith($"{prefix}.", StringComparison.Ordinal)).MaxBy(prefix => prefix.Length);
        foreach (string prefix in prefixes)
        {
            RunningMean[] own = [.. _means.Values.Where(mean => Owner(mean.Name) == prefix)];
            RunningMean[] losses = [.. own.Where(mean => mean.Kind == LogKind.Loss)];
            foreach (RunningMean mean in losses)
                yield return new(mean.Name, mean.Value);
            // The total of an epoch is the sum of its losses' means, also when a loss had fewer valid rows than another; one without any adds nothing.
            if (losses.Length > 0)
                yield return new($"{prefix}.{BatchKeys.TotalLoss}", losses.Any(loss => loss.Weight > 0) ? losses.Where(loss => loss.Weight > 0).Sum(loss => loss.Value) : double.NaN);
            foreach (RunningMean mean in own.Except(losses).OrderBy(mean => mean.Name.Contains(".metrics.", StringComparison.Ordinal)))
                yield return new(mean.Name, mean.Value);
            foreach ((string name, MetricCollector collector) in _metrics.Where(metric => Owner(metric.Key) == prefix))
                foreach ((string part, double value) in collector.Compute())
                    yield return new(part.Length == 0 ? name : $"{name}.{part}", value);
        }
        foreach (RunningMean mean in _means.Values.Where(mean => Owner(mean.Name) is null))
            yield return new(mean.Name, mean.Value);
    }
}
