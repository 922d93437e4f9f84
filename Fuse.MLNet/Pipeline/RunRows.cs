using System.Globalization;
using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Decides which rows of a run are kept in memory and which are streamed, and opens both as batches.</summary>
internal sealed class RunRows
{
    private const long SmallBytes = 64 << 20;
    private readonly TrainerPlan _plan;
    private readonly BatchSources _sources;
    private readonly StagingBudget _budget;
    private readonly Action _checkAlive;
    private readonly IRunLog _log;
    private StagedSplit? _staged;
    private RowSource? _source;

    public RunRows(TrainerPlan plan, RowShare share, long seed, Device device, Action checkAlive, IRunLog log)
    {
        (_plan, _checkAlive, _log) = (plan, checkAlive, log);
        _sources = new BatchSources(plan.Options, share, seed, device) { CheckAlive = checkAlive, Warn = log.Warning };
        _budget = new StagingBudget(plan.Options.StagingBytes);
    }

    /// <summary>Gets the columns of the training rows, standardized by them where that was asked for.</summary>
    public IReadOnlyList<ColumnBinding> Bindings => _source!.Bindings;

    /// <summary>Opens the training rows.</summary>
    /// <exception cref="InvalidOperationException">An option needs the rows in memory, and they do not fit.</exception>
    public IBatchSource Training(IDataView view, RowSplitter? splitter)
    {
        FuseTrainer.TrainingOptions options = _plan.Options;
        _source = new RowSource(view, ColumnBinding.BindAll(view.Schema, _plan.Columns.Select(_plan.Guard.Replacing)), splitter, _plan.SampleId(view.Schema), _plan.Guard);
        _staged = options.OverfitBatches is not null ? StageFirst(_source) : Stage(_source, "The training rows");
        // Before a pass over all rows that may take hours.
        if (_staged is null)
            _sources.CheckStreamed(_source);
        _source = _source with { Bindings = Standardized(_source) };
        if (_staged is not null)
            return _sources.Training(_staged, Bindings);
        StreamedBatchSource streamed = _sources.Training(_source);
        _budget.Take((long)Math.Min(streamed.ShuffleBufferRows!.Value * (double)_source.RowBytes, _budget.Total));
        return streamed;
    }

    /// <summary>Opens the rows that the splitter set aside, or those that are overfitted; null when there are none.</summary>
    public IBatchSource? SetAside()
    {
        if (_staged is not null)
            return _plan.Options.OverfitBatches is null ? _sources.Validation(_staged.Validation, Bindings) : _sources.Overfitted(_staged.Training, Bindings);
        return _source!.Splitter is null || _source.Count(RowPart.Validation) == 0 ? null
            : _sources.Validation(_source, RowPart.Validation, _budget, "The validation rows", WarnOfNone);
    }

    /// <summary>Opens a view of validation rows.</summary>
    /// <param name="view">The rows.</param>
    /// <param name="what">What they are called in messages.</param>
    /// <exception cref="InvalidOperationException">There are no rows, as far as that is known yet.</exception>
    public IBatchSource Validation(IDataView view, string what)
    {
        var source = new RowSource(view, ColumnBinding.BindAll(view.Schema, Bindings.Select(binding => KeyValuePair.Create(binding.Key, binding.Column))), SampleId: _plan.SampleId(view.Schema), Guard: _plan.Guard);
        Exception Empty() => MLNetErrors.Mark(new InvalidOperationException($"{what} has no rows."));
        return Stage(source, what) is not { } staged ? _sources.Validation(source, RowPart.Training, _budget, what, () => throw Empty())
            : _sources.Validation(staged.Training, source.Bindings) ?? throw Empty();
    }

    /// <summary>Says that no row was set aside.</summary>
    public void WarnOfNone() => _log.Warning("No row was set aside for validation; the last epoch is kept.");

    private StagedSplit? Stage(RowSource source, string what)
    {
        StagedSplit? staged = StagedSplit.Read(source, _budget, _checkAlive);
        if (staged is null)
            SayStreamed(source, what);
        else
            WarnOfRows(staged);
        return staged;
    }

    private StagedSplit StageFirst(RowSource source)
    {
        StagedSplit first = StagedSplit.ReadFirst(source, _sources.RowsToOverfit, _checkAlive);
        WarnOfRows(first);
        return first;
    }

    private void WarnOfRows(StagedSplit rows)
    {
        foreach (string warning in rows.Warnings)
            _log.Warning(warning);
    }

    private void SayStreamed(RowSource source, string what)
    {
        // What was read until it was too much is garbage now, and may be most of the memory there is.
        if (_budget.Total > SmallBytes && (source.View.GetRowCount() is null || source.SampleId is not null))
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
        string ids = source.SampleId is null ? "" : " and an id";
        (string size, string enough) = source.View.GetRowCount() is { } rows
            ? ($"{Number(rows)} rows of {Number(source.RowBytes)} bytes{ids}", ids.Length > 0 || rows > Array.MaxLength ? "a larger one, and up to 2 billion rows," : $"{Number(_budget.Total - _budget.Left + (rows * source.RowBytes))} bytes")
            : ($"{Number(source.RowBytes)} bytes{ids} a row", "a larger one");
        _log.Info($"{what}: {size} do not fit {nameof(FuseTrainer.TrainingOptions.StagingBytes)} = {Number(_budget.Total)}{(_budget.Left < _budget.Total ? $", of which {Number(_budget.Left)} are left" : "")}, " +
            $"so they are streamed: each pass reads them anew. With {enough} they are kept in memory.");
    }

    private ColumnBinding[] Standardized(RowSource source)
    {
        int[] places = [.. Enumerable.Range(0, source.Bindings.Count).Where(place => source.Bindings[place].Column.Standardize)];
        ColumnBinding[] bindings = [.. source.Bindings];
        if (places.Length == 0)
            return bindings;
        bool isWhole = _staged is not null && _plan.Options.OverfitBatches is null;
        if (!isWhole)
            _log.Info("reads the training rows once, to standardize columns by them");
        TensorColumn[] measured = isWhole ? [.. places.Select(place => ChannelStatistics.Measure(_staged!.Training, place))]
            : ChannelStatistics.Measure(source with { Bindings = [.. places.Select(place => bindings[place])], SampleId = null }, _checkAlive);
        for (int i = 0; i < places.Length; i++)
            bindings[places[i]] = ColumnBinding.Bind(source.View.Schema, bindings[places[i]].Key, measured[i]);
        return bindings;
    }
}
