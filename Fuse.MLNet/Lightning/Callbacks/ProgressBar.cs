namespace Fuse.MLNet;

/// <summary>Shows how training goes on: on a terminal one live line of epoch, batch, losses, rate and time left, elsewhere one line an epoch.</summary>
/// <remarks>After skorch's <c>ProgressBar</c> and <c>PrintLog</c>. The time left is that of <see cref="TrainerOptions.MaxEpochs"/>; a run that stops early ends before.</remarks>
public sealed class ProgressBar : Callback
{
    private const int BarLength = 20;
    private const int ColumnsElsewhere = 119;
    private TextWriter _output = TextWriter.Null;
    private bool _isLive;
    private int _columns;
    private int _lineLength;
    private long _runStart;
    private long _epochStart;
    private long? _shown;
    private double? _doneBefore;
    private int _batchesBefore;
    private int _validationBatches;

    /// <summary>Gets where to write. Default: null, the console as it is when <c>Fit</c> begins.</summary>
    public TextWriter? Output { get; init; }

    /// <summary>Gets whether there is a line that is written over and over. Default: null, when it goes to a console that is not redirected.</summary>
    public bool? IsLive { get; init; }

    /// <summary>Gets the time that passes at least between two writings of the live line. Default: 0.1 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public TimeSpan Interval
    {
        get;
        init => field = value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(Interval)} must not be negative.");
    } = TimeSpan.FromSeconds(0.1);

    internal override bool Reports => true;

    /// <summary>Gets the clock, for tests.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <inheritdoc/>
    public override void OnFitStart(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        bool isConsole = Output is null || ReferenceEquals(Output, Console.Out);
        _output = Output ?? Console.Out;
        _isLive = IsLive ?? (isConsole && !Console.IsOutputRedirected);
        _columns = isConsole && _isLive ? ConsoleColumns() : ColumnsElsewhere;
        (_lineLength, _shown, _doneBefore) = (0, null, null);
        _runStart = Clock.GetTimestamp();
    }

    /// <inheritdoc/>
    public override void OnEpochStart(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        (_epochStart, _batchesBefore) = (Clock.GetTimestamp(), context.BatchesDone);
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(context);
        // A resumed epoch's batches before it are about as large as this one's.
        _doneBefore ??= (context.EpochsDone + (context.EpochFraction * _batchesBefore / context.BatchesDone)) / context.MaxEpochs;
        if (IsDue())
            Show(ProgressText.OfBatch(context, BarLength, Rate(context), Left(context)));
    }

    /// <inheritdoc/>
    public override void OnValidationStart(TrainingContext context) => _validationBatches = 0;

    /// <inheritdoc/>
    public override void OnValidationBatchEnd(TrainingContext context, BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(context);
        _validationBatches++;
        if (IsDue())
            Show(ProgressText.OfValidation(context, _validationBatches));
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Clear();
        _output.WriteLine(context.History.Epochs[^1].Line(context.MaxEpochs, Clock.GetElapsedTime(_epochStart)));
        _output.Flush();
    }

    /// <inheritdoc/>
    public override void OnFitEnd(TrainingContext context) => Clear();

    /// <inheritdoc/>
    public override void OnException(TrainingContext context, Exception error) => Clear();

    private bool IsDue() => _isLive && (_shown is not { } shown || Clock.GetElapsedTime(shown) >= Interval);

    private void Show(string line)
    {
        // A line that breaks could not be written over.
        string text = line.Length > _columns ? line[.._columns] : line;
        _output.Write($"\r{text.PadRight(_lineLength)}");
        _output.Flush();
        (_lineLength, _shown) = (text.Length, Clock.GetTimestamp());
    }

    private void Clear()
    {
        if (_lineLength == 0)
            return;
        _output.Write($"\r{new string(' ', _lineLength)}\r");
        _output.Flush();
        _lineLength = 0;
    }

    private double Rate(TrainingContext context) => (context.BatchesDone - _batchesBefore) / Math.Max(Clock.GetElapsedTime(_epochStart).TotalSeconds, 1e-9);

    private TimeSpan? Left(TrainingContext context)
    {
        double done = (context.EpochsDone + context.EpochFraction) / context.MaxEpochs;
        return context.EpochFraction > 0 && _doneBefore is { } before && done > before ? Clock.GetElapsedTime(_runStart) * ((1 - done) / (done - before)) : null;
    }

    private static int ConsoleColumns()
    {
        try
        {
            return Console.WindowWidth > 1 ? Console.WindowWidth - 1 : ColumnsElsewhere;
        }
        catch (IOException)
        {
            return ColumnsElsewhere;
        }
    }
}
