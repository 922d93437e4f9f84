using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Writes the History as TensorBoard event files, with the epoch, from 0, on the x axis.</summary>
/// <remarks>
/// Over TorchSharp's <c>SummaryWriter</c>. Training and validation are sub-runs, <c>train</c>, <c>validation</c> and <c>validation.&lt;set&gt;</c>, so that
/// TensorBoard draws values of one name, such as <c>losses/total_loss</c>, in one plot; values of neither, such as <c>learning_rate</c>, are in the run itself.
/// A new run removes the event files of this logger, and a resumed one writes them from its History, so that each epoch is there once. Values are
/// Float32.
/// </remarks>
public sealed class TensorBoardLogger : Callback
{
    private const string Suffix = "fuse";
    private string _folder = "";
    private Dictionary<string, SummaryWriter> _writers = [];

    /// <summary>Gets the folder that TensorBoard is given. Default: null, <c>tensorboard</c> in <see cref="TrainerOptions.ModelDirectory"/>.</summary>
    public string? Directory { get; init; }

    /// <inheritdoc/>
    public override void OnFitStart(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _folder = Directory ?? Path.Combine(RunFolder.Of(context, null, nameof(TensorBoardLogger), nameof(Directory)), "tensorboard");
        _writers = new(StringComparer.Ordinal);
        System.IO.Directory.CreateDirectory(_folder);
        foreach (string folder in System.IO.Directory.GetDirectories(_folder).Where(folder => TensorBoardName.IsSubRun(Path.GetFileName(folder))).Append(_folder))
            foreach (string file in System.IO.Directory.GetFiles(folder, $"events.out.tfevents.*.{Suffix}"))
                File.Delete(file);
        foreach (EpochRecord epoch in context.History.Epochs)
            Write(epoch);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Write(context.History.Epochs[^1]);
    }

    /// <inheritdoc/>
    public override void OnFitEnd(TrainingContext context) => Close();

    /// <inheritdoc/>
    public override void OnException(TrainingContext context, Exception error) => Close();

    internal override bool WritesFiles => true;

    private void Write(EpochRecord epoch)
    {
        long seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        foreach (LoggedValue value in epoch.Values)
        {
            (string run, string tag) = TensorBoardName.Split(value.Name);
            if (!_writers.TryGetValue(run, out SummaryWriter? writer))
                _writers[run] = writer = utils.tensorboard.SummaryWriter(Path.Combine(_folder, run), Suffix);
            writer.add_scalar(tag, (float)value.Value, epoch.Epoch, seconds);
        }
    }

    // A writer opens its file for each value and keeps none open.
    private void Close() => _writers.Clear();
}
