using System.Diagnostics.CodeAnalysis;

namespace Fuse.MLNet;

/// <summary>Writes the History as a CSV file: one row an epoch, one column a logged name, in the order in which the names appear.</summary>
/// <remarks>
/// After Lightning's <c>CSVLogger</c>. The first column is <c>epoch</c>, from 0. Numbers read back to the same bits; a value that an epoch does not have
/// is an empty field. Each epoch adds its row, and a new name writes the file anew; a new run starts it anew, and a resumed one has each epoch once.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A run that ends closes its files.")]
public sealed class CsvLogger : Callback
{
    private CsvTable? _epochs;
    private CsvTable? _steps;

    /// <summary>Gets the file. Default: null, <c>metrics.csv</c> in <see cref="TrainerOptions.ModelDirectory"/>.</summary>
    public string? Path { get; init; }

    /// <summary>
    /// Gets the number of optimizer steps between two rows of a second file, <c>metrics_steps.csv</c> beside the first, with the values of that step's
    /// batch; its first columns are <c>step</c>, from 1, and <c>epoch</c>. A resumed run has each step once. Default: null, no such file.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public long? EverySteps
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(EverySteps)} must be at least 1, or null.");
    }

    /// <inheritdoc/>
    public override void OnFitStart(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        string path = FileOf(context);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        _epochs = new CsvTable(path, lastKept: null);
        foreach (EpochRecord epoch in context.History.Epochs)
            Add(epoch);
        _epochs.Flush();
        string steps = System.IO.Path.ChangeExtension(path, null) + "_steps" + System.IO.Path.GetExtension(path);
        _steps = EverySteps is null ? null : new CsvTable(steps, context.GlobalStep > 0 ? context.GlobalStep : null);
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (EverySteps is { } every && context.HasStepped && context.GlobalStep % every == 0)
            _steps!.Add(
            [
                new("step", CsvText.Number(context.GlobalStep)),
                new("epoch", CsvText.Number(context.EpochsDone)),
                .. context.StepValues.Select(value => KeyValuePair.Create(value.Key, CsvText.Number(value.Value))),
            ]);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Add(context.History.Epochs[^1]);
        _epochs!.Flush();
        _steps?.Flush();
    }

    /// <inheritdoc/>
    public override void OnFitEnd(TrainingContext context) => Close();

    /// <inheritdoc/>
    public override void OnException(TrainingContext context, Exception error) => Close();

    // What a checkpoint has done is in the file when a run goes on from it.
    /// <inheritdoc/>
    public override void SaveState(CallbackState state) => _steps?.Flush();

    internal override bool WritesFiles => true;

    private string FileOf(TrainingContext context) => Path ?? System.IO.Path.Combine(RunFolder.Of(context, null, nameof(CsvLogger), nameof(Path)), "metrics.csv");

    private void Add(EpochRecord epoch) =>
        _epochs!.Add([new("epoch", CsvText.Number(epoch.Epoch)), .. epoch.Values.Select(value => KeyValuePair.Create(value.Name, CsvText.Number(value.Value)))]);

    private void Close()
    {
        _epochs?.Dispose();
        _steps?.Dispose();
    }
}
