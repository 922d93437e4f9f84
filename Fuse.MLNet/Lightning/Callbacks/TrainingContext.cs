using System.Diagnostics.CodeAnalysis;

namespace Fuse.MLNet;

/// <summary>Shows a callback the run it takes part in.</summary>
public sealed class TrainingContext
{
    private readonly Trainer _trainer;

    internal TrainingContext(Trainer trainer) => _trainer = trainer;

    /// <summary>Gets the place of this process among those that train together, from 0; 0 when it trains alone. Lightning's <c>global_rank</c>.</summary>
    public int Rank => _trainer.Rank;

    /// <summary>Gets the number of processes that train together. Lightning's <c>world_size</c>.</summary>
    public int WorldSize => _trainer.WorldSize;

    /// <summary>Gets the module that is trained.</summary>
    public LightningModule Module => _trainer.Module;

    /// <summary>Gets the number of epochs done.</summary>
    public int EpochsDone => _trainer.Position.Epoch;

    /// <summary>Gets the number of epochs of the whole run.</summary>
    public int MaxEpochs => _trainer.Options.MaxEpochs;

    /// <summary>Gets the number of optimizer steps taken.</summary>
    public long GlobalStep => _trainer.Position.GlobalStep;

    /// <summary>Gets the number of training batches of this epoch that are done.</summary>
    public int BatchesDone => _trainer.Position.Batch;

    /// <summary>Gets the part of this epoch's training rows that are done, from 0 to 1.</summary>
    public double EpochFraction => _trainer.EpochFraction;

    /// <summary>Gets whether the last training batch ended with an optimizer step, as all do without accumulation.</summary>
    public bool HasStepped => _trainer.HasStepped;

    /// <summary>Gets the time since the run began, or was resumed.</summary>
    public TimeSpan Elapsed => _trainer.Elapsed;

    /// <summary>Gets the learning rate of the first optimizer's first parameter group.</summary>
    public double LearningRate => _trainer.LearningRates[0];

    /// <summary>Gets the learning rate of each optimizer's first parameter group.</summary>
    public IReadOnlyList<double> LearningRates => _trainer.LearningRates;

    /// <summary>Gets the values logged in the present batch, such as <c>train.losses.total_loss</c>, by name.</summary>
    public IReadOnlyDictionary<string, double> StepValues => Module.Logged.Latest;

    /// <summary>Gets everything logged in the epochs so far.</summary>
    public History History => _trainer.History;

    /// <summary>Gets the monitors of the best epoch; the first decides.</summary>
    public IReadOnlyList<MetricMonitor> BestEpochSource => _trainer.Monitors;

    /// <summary>Gets the epoch, from 0, whose weights the module was given at the end of the run; null when it keeps the last ones.</summary>
    public int? RestoredEpoch => _trainer.RestoredEpoch;

    /// <summary>Gets why the run ends, or null while it goes on.</summary>
    public StopReason? StopReason => _trainer.StopReason;

    /// <summary>Gets the batch keys of the columns that scoring reads, such as <c>data.input</c>; labels are not among them.</summary>
    public IReadOnlySet<string> InputKeys => _trainer.InputKeys;

    /// <summary>Gets the outputs that have a label beside them.</summary>
    internal IReadOnlyList<MeasuredOutput> Outputs => _trainer.Outputs;

    /// <summary>Gets whether every process has the reports that the first one has, so that they can put their rows together.</summary>
    internal bool AllReport => _trainer.AllReport;

    /// <summary>Names a row without an id, by its number among those of this process in a pass.</summary>
    internal string RowName(int row) => _trainer.RowName(row);

    /// <summary>Gets the bytes of every process, which all call it, in the order of their ranks.</summary>
    internal byte[][] Gather(byte[] values) => _trainer.Gather(values);

    /// <summary>Gets whether the model gets the weights of the best epoch at the end.</summary>
    internal bool RestoresBestWeights => _trainer.Options.RestoreBestWeights;

    /// <summary>Gets the folder of the run's files, or null.</summary>
    public string? ModelDirectory => _trainer.Options.ModelDirectory;

    /// <summary>Logs a value; the last one before the end of the epoch's validation goes to the History, a later one to the next epoch.</summary>
    /// <param name="name">The logged name, such as <c>learning_rate</c>.</param>
    /// <param name="value">The value.</param>
    public void Log(string name, double value) => Module.Logged.Add(name, value, 1, LogKind.Last);

    /// <summary>Logs a value; the mean of the epoch's values goes to the History.</summary>
    /// <param name="name">The logged name, such as <c>gradients.norm</c>.</param>
    /// <param name="value">The value.</param>
    public void LogMean(string name, double value) => Module.Logged.Add(name, value, 1, LogKind.Mean);

    /// <summary>Logs a value; the largest of the epoch goes to the History, or NaN when one was NaN.</summary>
    /// <param name="name">The logged name, such as <c>gradients.norm_max</c>.</param>
    /// <param name="value">The value.</param>
    public void LogMaximum(string name, double value) => Module.Logged.Add(name, value, 1, LogKind.Maximum);

    /// <summary>Ends the run: from an epoch's hook after this epoch's callbacks, from a batch's hook before the next batch, without validating the epoch.</summary>
    /// <param name="reason">Why, in a few words, for the log.</param>
    public void Stop(string reason) => _trainer.Stop(reason, MLNet.StopReason.EarlyStopped);

    /// <summary>Ends the run as <see cref="Stop"/> does, but counts it as completed.</summary>
    /// <param name="reason">Why, in a few words, for the log.</param>
    public void Complete(string reason) => _trainer.Stop(reason, MLNet.StopReason.Completed);

    /// <summary>Ends the run because it diverged, as <see cref="TrainerOptions.OnDivergence"/> says, by an exception that the trainer catches.</summary>
    /// <param name="problem">What was found, such as <c>The loss 'cls_loss' was NaN</c>; epoch and step are added to it.</param>
    [DoesNotReturn]
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "It is about the run.")]
    public void Diverge(string problem) => throw new NonFiniteLossException(problem);

    /// <summary>Writes a message to <c>MLContext.Log</c>.</summary>
    /// <param name="message">The message.</param>
    public void Info(string message) => _trainer.Log.Info(message);

    /// <summary>Writes a warning to <c>MLContext.Log</c>.</summary>
    /// <param name="message">The message.</param>
    public void Warning(string message) => _trainer.Log.Warning(message);

    /// <summary>Writes a file from which the run can be resumed at this point; it replaces the file in one move. Of several processes the first one writes it, and nothing is done in the others.</summary>
    /// <param name="path">The file.</param>
    public void SaveCheckpoint(string path) => _trainer.SaveCheckpoint(path);
}
