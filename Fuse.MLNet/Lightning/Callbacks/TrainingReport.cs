using System.Globalization;
using System.Text;

namespace Fuse.MLNet;

/// <summary>Writes a page about the run, <c>report.html</c>: curves, learning rate, confusion matrix, ROC curves, the hardest rows, and how the run ended.</summary>
/// <remarks>
/// One HTML file with its pictures in it (SVG), without scripts, readable in light and dark. It is written whole or not at all, after the first epoch and then when
/// two seconds or more have passed, and at the end of the run, however that ends. Curves show the losses and metrics that an epoch's line in the log shows. Predictions are those of the
/// first validation set in the epoch whose weights are kept: outputs <c>[N, C]</c> of classes, <c>[N]</c> with a sigmoid, and <c>[N]</c> of numbers, each with its label; inputs
/// <c>[N, 1, H, W]</c> and <c>[N, 3, H, W]</c> are shown as pictures. A resumed run goes on with the page. Of several processes the first writes the page, with the rows of all. Preview.
/// </remarks>
public sealed class TrainingReport : Callback
{
    /// <summary>Bounds the part of a run's time that goes into the page.</summary>
    private const int PauseFactor = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private TrainingContext? _context;
    private List<double>? _learningRates;
    private ReportRows[] _kept = [];
    private int? _keptEpoch;
    private ReportRows[] _present = [];
    private string? _set;
    private TimeSpan _before;
    private TimeSpan? _next;

    /// <summary>Gets the file. Default: null, <c>report.html</c> in <see cref="TrainerOptions.ModelDirectory"/>.</summary>
    public string? Path { get; init; }

    /// <summary>Gets how many of the hardest validation rows are shown. Default: 12; 0 shows none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public int HardestRows
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(HardestRows)} must not be negative.");
    } = 12;

    /// <inheritdoc/>
    public override void OnFitStart(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Rank > 0)
            return;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(FileOf(context)))!);
        _context = context;
        // A checkpoint of a run without the report has epochs of which the rates are not known.
        _learningRates ??= [];
        while (_learningRates.Count < context.History.Epochs.Count)
            _learningRates.Add(double.NaN);
        foreach ((ReportRows rows, MeasuredOutput output) in _kept.Zip(context.Outputs))
            rows.Output = output;
    }

    /// <inheritdoc/>
    public override void OnValidationStart(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        (_set, _present) = (null, context.Rank > 0 && !context.AllReport ? [] : [.. context.Outputs.Select(output => new ReportRows(HardestRows) { Output = output, Processes = context.WorldSize })]);
    }

    /// <inheritdoc/>
    public override void OnValidationBatchEnd(TrainingContext context, BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(batch);
        _set ??= context.Module.Logged.Prefix;
        if (_set == context.Module.Logged.Prefix)
            foreach (ReportRows rows in _present)
                rows.Add(batch, context.InputKeys, context.RowName);
    }

    /// <inheritdoc/>
    public override void OnValidationEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        int epoch = context.History.Epochs.Count - 1;
        if (KeptEpoch(context) is not { } kept || kept == epoch)
        {
            if (context.AllReport && context.WorldSize > 1)
                Gather(context);
            if (context.Rank == 0)
                (_kept, _keptEpoch) = (_present, epoch);
        }
        _present = [];
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Rank > 0)
            return;
        _learningRates!.Add(context.LearningRate);
        if (_next is { } next && context.Elapsed < next)
            return;
        TimeSpan start = context.Elapsed;
        Write(context, "Running", KeptEpoch(context), isRunning: true);
        TimeSpan took = PauseFactor * (context.Elapsed - start);
        _next = context.Elapsed + (took > Pause ? took : Pause);
    }

    /// <inheritdoc/>
    public override void OnFitEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Rank > 0)
            return;
        Write(context, context.StopReason switch
        {
            StopReason.EarlyStopped => "Stopped early",
            { } reason => reason.ToString(),
            null => "Ended",
        }, context.RestoredEpoch);
    }

    /// <inheritdoc/>
    public override void OnException(TrainingContext context, Exception error)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(error);
        if (_context is not null)
            Write(context, $"Failed: {NativeErrors.FirstLine(error)}", KeptEpoch(context));
    }

    /// <inheritdoc/>
    public override void SaveState(CallbackState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Values["learning_rates"] = string.Join(' ', (_learningRates ?? []).Select(rate => rate.ToString("R", CultureInfo.InvariantCulture)));
        state.Values["time"] = (_before + (_context?.Elapsed ?? default)).ToString("c", CultureInfo.InvariantCulture);
        if (_keptEpoch is { } epoch)
            state.Values["epoch"] = epoch.ToString(CultureInfo.InvariantCulture);
        foreach ((int index, ReportRows rows) in _kept.Index())
            rows.Save(state, index);
    }

    /// <inheritdoc/>
    public override void LoadState(CallbackState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _learningRates = [.. state.Values["learning_rates"].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(rate => double.Parse(rate, CultureInfo.InvariantCulture))];
        _before = TimeSpan.ParseExact(state.Values["time"], "c", CultureInfo.InvariantCulture);
        if (!state.Values.TryGetValue("epoch", out string? epoch))
            return;
        _keptEpoch = int.Parse(epoch, CultureInfo.InvariantCulture);
        _kept = [.. ReportRows.Load(state, HardestRows)];
    }

    internal override bool WritesFiles => true;

    // Each process gives its rows.
    internal override bool Reports => false;

    private string FileOf(TrainingContext context) => Path ?? System.IO.Path.Combine(RunFolder.Of(context, null, nameof(TrainingReport), nameof(Path)), "report.html");

    /// <summary>Gets the epoch that is the best so far, when the model will get its weights.</summary>
    private static int? KeptEpoch(TrainingContext context) => !context.RestoresBestWeights || context.BestEpochSource is not [var monitor, ..] ? null
        : monitor.Follow(context.History.Epochs.Select(epoch => LoggedValue.Find(epoch.Values, monitor.Name) ?? double.NaN)).BestEpoch;

    /// <summary>Adds the rows of the other processes to those of the first.</summary>
    private void Gather(TrainingContext context)
    {
        using var own = new MemoryStream();
        using var writer = new BinaryWriter(own);
        foreach (ReportRows rows in context.Rank > 0 ? _present : [])
            rows.Write(writer);
        writer.Flush();
        byte[][] all = context.Gather(own.ToArray());
        foreach (byte[] part in context.Rank > 0 ? [] : all[1..])
        {
            using var reader = new BinaryReader(new MemoryStream(part));
            foreach (ReportRows rows in _present)
                rows.Merge(reader);
        }
    }

    private void Write(TrainingContext context, string status, int? keptEpoch, bool isRunning = false)
    {
        string page = ReportPage.Of(new ReportState
        {
            History = context.History,
            Status = status,
            IsRunning = isRunning,
            MaxEpochs = context.MaxEpochs,
            Steps = context.GlobalStep,
            Time = _before + context.Elapsed,
            Parameters = context.Module.parameters().Sum(parameter => parameter.numel()),
            LearningRates = _learningRates!,
            Monitor = context.BestEpochSource is [var monitor, ..] ? monitor : null,
            KeptEpoch = keptEpoch,
            Rows = _kept,
            RowsEpoch = _keptEpoch,
        });
        AtomicFile.Write(FileOf(context), stream => stream.Write(Encoding.UTF8.GetBytes(page)));
    }
}
