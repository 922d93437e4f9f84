namespace Fuse.MLNet;

/// <summary>Says what a network does with a batch in each phase of training; the trainer runs the loop around it.</summary>
/// <remarks>After PyTorch Lightning's <c>LightningModule</c>. The batch carries its phase and the global step.</remarks>
public abstract class LightningModule : nn.Module<BatchDict, BatchDict>
{
    private readonly EpochMeans _logged = new();

    /// <summary>Gets the means of the unfinished epoch.</summary>
    internal EpochMeans Logged => _logged;

    /// <summary>Makes the module.</summary>
    /// <param name="name">The module's name.</param>
    protected LightningModule(string name)
        : base(name)
    {
    }

    /// <summary>Computes the scalar loss of a training batch; the trainer runs backward and the optimizer's step on it.</summary>
    /// <param name="batch">The batch, on the device.</param>
    public abstract Tensor TrainingStep(BatchDict batch);

    /// <summary>Measures a validation batch; gradients are off and the module is in evaluation mode.</summary>
    /// <param name="batch">The batch, on the device.</param>
    public virtual void ValidationStep(BatchDict batch)
    {
    }

    /// <summary>Scores a batch; gradients are off and the module is in evaluation mode. May run on several threads at once.</summary>
    /// <param name="batch">The batch, on the device.</param>
    public virtual BatchDict PredictStep(BatchDict batch) => call(batch);

    /// <summary>Describes the optimizer of this module's parameters.</summary>
    public abstract OptimizerSpec ConfigureOptimizers();

    /// <summary>Logs a value of the batch; the History gets the mean over the epoch.</summary>
    /// <param name="name">The whole logged name, such as <c>train.losses.cls_loss</c>.</param>
    /// <param name="value">The batch's value.</param>
    /// <param name="rows">The number of rows the value is the mean of.</param>
    protected void Log(string name, double value, double rows) => _logged.Add(name, value, rows);

    /// <summary>Gets the part that scoring runs and the model file keeps.</summary>
    internal virtual nn.Module ScoringPart => this;

    /// <summary>Ends a pass over the rows: returns its logged means and starts over.</summary>
    internal virtual LoggedValue[] TakeLogged() => [.. _logged.Take().Select(mean => mean.Mean())];
}
