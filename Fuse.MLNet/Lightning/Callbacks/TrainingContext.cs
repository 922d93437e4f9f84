namespace Fuse.MLNet;

/// <summary>Shows a callback the run it takes part in.</summary>
public sealed class TrainingContext
{
    private readonly Trainer _trainer;

    internal TrainingContext(Trainer trainer) => _trainer = trainer;

    /// <summary>Gets the module that is trained.</summary>
    public LightningModule Module => _trainer.Module;

    /// <summary>Gets the number of epochs done.</summary>
    public int EpochsDone => _trainer.Position.Epoch;

    /// <summary>Gets the number of epochs of the whole run.</summary>
    public int MaxEpochs => _trainer.Options.MaxEpochs;

    /// <summary>Gets the number of optimizer steps taken.</summary>
    public long GlobalStep => _trainer.Position.GlobalStep;

    /// <summary>Gets the learning rate of the first parameter group.</summary>
    public double LearningRate => _trainer.LearningRate;

    /// <summary>Gets everything logged in the epochs so far.</summary>
    public History History => _trainer.History;

    /// <summary>Gets why the run ends, or null while it goes on.</summary>
    public StopReason? StopReason => _trainer.StopReason;

    /// <summary>Gets the folder of the run's files, or null.</summary>
    public string? ModelDirectory => _trainer.Options.ModelDirectory;

    /// <summary>Ends the run: from an epoch's hook after this epoch's callbacks, from a batch's hook before the next batch, without validating the epoch.</summary>
    /// <param name="reason">Why, in a few words, for the log.</param>
    public void Stop(string reason) => _trainer.StopEarly(reason);

    /// <summary>Writes a message to <c>MLContext.Log</c>.</summary>
    /// <param name="message">The message.</param>
    public void Info(string message) => _trainer.Log.Info(message);

    /// <summary>Writes a file from which the run can be resumed at this point; it replaces the file in one move.</summary>
    /// <param name="path">The file.</param>
    public void SaveCheckpoint(string path) => _trainer.SaveCheckpoint(path);
}
