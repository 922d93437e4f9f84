using System.Text;

namespace Fuse.MLNet;

/// <summary>Writes a table of each epoch beside the best one into <c>epoch_summary_&lt;monitor&gt;.txt</c>, one file for each monitor of the best epoch.</summary>
/// <remarks>
/// FuseMedML's <c>ModelEpochSummary</c>; there by itself when <see cref="TrainerOptions.ModelDirectory"/> is set. Epochs count from 0, as in the History.
/// A new run starts the file anew, a resumed one goes on with it, and each epoch is there once. NaN is never the best; a value that an epoch does not
/// have is N/A. Without a monitor there is no file.
/// </remarks>
public sealed class ModelEpochSummary : Callback
{
    /// <summary>Gets the folder. Default: null, <see cref="TrainerOptions.ModelDirectory"/>.</summary>
    public string? Directory { get; init; }

    /// <summary>Gets whether the tables also go to <c>MLContext.Log</c>. Default: false.</summary>
    public bool WritesToLog { get; init; }

    /// <inheritdoc/>
    public override void OnFitStart(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        RunFolder.Writable(context, Directory, nameof(ModelEpochSummary), nameof(Directory));
        History history = context.History;
        foreach (MetricMonitor monitor in context.BestEpochSource)
        {
            string path = FileOf(context, monitor);
            if (history.Epochs.Count == 0)
                File.Delete(path);
            else
                AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(history.Epochs.Select((_, epoch) => EpochSummaryTable.Of(history, epoch, monitor))))));
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        History history = context.History;
        foreach (MetricMonitor monitor in context.BestEpochSource)
        {
            string table = EpochSummaryTable.Of(history, history.Epochs.Count - 1, monitor);
            File.AppendAllText(FileOf(context, monitor), table);
            if (WritesToLog)
                context.Info(table.TrimEnd());
        }
    }

    internal override bool WritesFiles => true;

    private string FileOf(TrainingContext context, MetricMonitor monitor) => Path.Combine(Directory ?? context.ModelDirectory!, $"epoch_summary_{monitor.FileName}.txt");
}
