namespace Fuse.MLNet;

/// <summary>Says what a network does with a batch in each phase of training; the trainer runs the loop around it.</summary>
/// <remarks>
/// After PyTorch Lightning's <c>LightningModule</c>. Derive a class, keep networks in fields, call <c>RegisterComponents()</c> at the end of the
/// constructor, and give <c>Options.Module = LightningModule.Of&lt;MyModule&gt;(arguments)</c>. The batch carries its phase and the global step.
/// <see cref="LightningModuleDefault"/> is the ready-made one.
/// </remarks>
public abstract class LightningModule : nn.Module<BatchDict, BatchDict>
{
    private IReadOnlyList<ModuleOptimizer>? _optimizers;

    /// <summary>Makes the module.</summary>
    /// <param name="name">The module's name.</param>
    protected LightningModule(string name)
        : base(name)
    {
    }

    /// <summary>
    /// Gets whether the trainer runs backward and the optimizers' steps on the loss that <see cref="TrainingStep"/> returns. Default: true. Set it to
    /// false in the constructor to do both in <see cref="TrainingStep"/>, with <see cref="ManualBackward"/> and <see cref="Optimizer"/>, as adversarial networks need.
    /// </summary>
    public bool AutomaticOptimization { get; protected init; } = true;

    /// <summary>Names your own module class and the arguments of its constructor, which the model file keeps.</summary>
    /// <typeparam name="TModule">The class. One that derives from <see cref="LightningModuleDefault"/> gets its <see cref="LightningModuleDefaultArguments"/> first.</typeparam>
    /// <param name="arguments">The arguments: numbers, Booleans, text, enums, null, and arrays or lists of those. Optional parameters may be left out at the end.</param>
    /// <exception cref="ArgumentException">No public constructor takes these arguments, or one of them cannot be saved.</exception>
    public static LightningModuleSpec Of<TModule>(params object?[]? arguments)
        where TModule : LightningModule => LightningModuleSpec.Create(typeof(TModule), arguments ?? [null]);

    /// <summary>Computes the scalar loss of a training batch; the trainer runs backward and the optimizers' steps on it.</summary>
    /// <param name="batch">The batch, on the device.</param>
    /// <returns>The loss; null leaves the batch out, and is what manual optimization returns.</returns>
    public abstract Tensor? TrainingStep(BatchDict batch);

    /// <summary>Measures a validation batch; gradients are off and the module is in evaluation mode.</summary>
    /// <param name="batch">The batch, on the device.</param>
    public virtual void ValidationStep(BatchDict batch)
    {
    }

    /// <summary>Measures a batch of <c>mlContext.Fuse().Evaluate</c>; by default as in validation. Gradients are off and the module is in evaluation mode.</summary>
    /// <param name="batch">The batch, on the device.</param>
    public virtual void TestStep(BatchDict batch) => ValidationStep(batch);

    /// <summary>Scores a batch; gradients are off and the module is in evaluation mode. May run on several threads at once.</summary>
    /// <param name="batch">The batch, on the device; it has only the columns that this step reads.</param>
    public virtual BatchDict PredictStep(BatchDict batch) => call(batch);

    /// <summary>Describes the optimizers of this module's parameters and their schedules; those of the options then do not count. Default: null, the options'.</summary>
    /// <returns>One for all parameters, or several, each with patterns of the parameters' names; with several each parameter belongs to the first that matches.</returns>
    public virtual IReadOnlyList<OptimizerConfiguration>? ConfigureOptimizers() => null;

    /// <summary>Makes callbacks that belong to this module; they run after those of the options.</summary>
    public virtual IReadOnlyList<Callback> ConfigureCallbacks() => [];

    /// <summary>Runs before the first epoch, or after a resume before the next one.</summary>
    public virtual void OnFitStart()
    {
    }

    /// <summary>Runs before each epoch.</summary>
    public virtual void OnTrainEpochStart()
    {
    }

    /// <summary>Runs after the last training batch of each epoch.</summary>
    public virtual void OnTrainEpochEnd()
    {
    }

    /// <summary>Runs before the validation batches of each epoch, once for each set.</summary>
    public virtual void OnValidationEpochStart()
    {
    }

    /// <summary>Runs after the validation batches of each epoch, once for each set.</summary>
    public virtual void OnValidationEpochEnd()
    {
    }

    /// <summary>Runs before the batches of <c>mlContext.Fuse().Evaluate</c>.</summary>
    public virtual void OnTestEpochStart()
    {
    }

    /// <summary>Runs after the batches of <c>mlContext.Fuse().Evaluate</c>.</summary>
    public virtual void OnTestEpochEnd()
    {
    }

    /// <summary>Runs once at the end of a run that gives a model; the module has its final weights.</summary>
    public virtual void OnFitEnd()
    {
    }

    /// <summary>Gets where the logged names of the present batches begin: <c>train</c>, <c>validation</c>, <c>validation.&lt;set&gt;</c> or <c>test</c>.</summary>
    protected string LogPrefix => Logged.Prefix;

    /// <summary>Logs a value; the History gets its mean over the epoch, each batch weighing by its rows.</summary>
    /// <param name="name">The whole logged name, such as <c>train.losses.cls_loss</c>.</param>
    /// <param name="value">The batch's value.</param>
    /// <param name="rows">The number of rows the value is the mean of. Default: those of the batch.</param>
    protected void Log(string name, double value, double? rows = null) => Logged.Add(name, value, rows ?? Math.Max(Logged.Rows, 1), LogKind.Mean);

    /// <summary>Logs a value; the History gets its mean over the epoch, each batch weighing by its rows.</summary>
    /// <param name="name">The whole logged name.</param>
    /// <param name="value">The batch's value, a tensor of one element.</param>
    /// <param name="rows">The number of rows the value is the mean of. Default: those of the batch.</param>
    protected void Log(string name, Tensor value, double? rows = null)
    {
        ArgumentNullException.ThrowIfNull(value);
        Log(name, value.Number(), rows);
    }

    /// <summary>Computes named losses of a batch: adds <c>losses.&lt;name&gt;</c> and <c>losses.total_loss</c> to it, and logs them under the phase.</summary>
    /// <remarks>FuseMedML's <c>step_losses</c>. The total of an epoch is the sum of its losses' means.</remarks>
    /// <param name="losses">The losses.</param>
    /// <param name="batch">The batch after the forward pass.</param>
    /// <returns>The sum of the weighted losses; null when there are none.</returns>
    protected Tensor? StepLosses(LossModuleDict losses, BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(losses);
        ArgumentNullException.ThrowIfNull(batch);
        Tensor? total = null;
        foreach (LossModule loss in losses.Losses)
        {
            LossValue value = loss.Forward(batch);
            batch[loss.Key] = value.Value;
            total = total is null ? value.Value : total + value.Value;
            Logged.Add(loss.LoggedName(LogPrefix), value.Value.Number(), value.Rows, LogKind.Loss);
        }
        if (total is not null)
            batch[BatchKeys.TotalLoss] = total;
        return total;
    }

    /// <summary>Takes what named metrics need of a batch; at the end of the epoch they are computed and logged as <c>&lt;phase&gt;.metrics.&lt;name&gt;</c>.</summary>
    /// <remarks>FuseMedML's <c>step_metrics</c>.</remarks>
    /// <param name="metrics">The metrics by name; later ones may read what earlier ones add to the batch.</param>
    /// <param name="batch">The batch after the forward pass.</param>
    protected void StepMetrics(IEnumerable<KeyValuePair<string, MetricBase>> metrics, BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        if (metrics.TryGetNonEnumeratedCount(out int count) && count == 0)
            return;
        using var noGrad = no_grad();
        foreach ((string name, MetricBase metric) in metrics)
            Logged.Collect(name, metric, batch);
    }

    /// <summary>Gets one of the optimizers that <see cref="ConfigureOptimizers"/> describes, for manual optimization.</summary>
    /// <param name="index">Its place among them.</param>
    /// <exception cref="InvalidOperationException">The module is not being trained, or there are fewer.</exception>
    protected ModuleOptimizer Optimizer(int index = 0) => _optimizers is null
        ? throw MLNetErrors.Mark(new InvalidOperationException("There are optimizers only while the module is trained."))
        : index >= 0 && index < _optimizers.Count ? _optimizers[index]
        : throw MLNetErrors.Mark(new InvalidOperationException($"There is no optimizer {index}: {nameof(ConfigureOptimizers)} describes {_optimizers.Count}."));

    /// <summary>Runs backward in manual optimization; gradients add up until <see cref="ModuleOptimizer.ZeroGrad"/>.</summary>
    /// <param name="loss">The scalar loss.</param>
    protected void ManualBackward(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        BeforeBackward?.Invoke(loss);
        loss.backward();
    }

    /// <summary>Gets what was logged in the unfinished epoch.</summary>
    internal EpochLog Logged { get; } = new();

    /// <summary>Gets or sets what the trainer does before backward.</summary>
    internal Action<Tensor>? BeforeBackward { get; set; }

    /// <summary>Gets the parameters and buffers that scoring needs and the model file keeps.</summary>
    internal virtual IReadOnlyDictionary<string, Tensor> ScoringState() => state_dict();

    /// <summary>Gets the network's parameters and buffers by the names that its own class gives them, as weights files have them.</summary>
    internal virtual IReadOnlyDictionary<string, Tensor> NetworkState() => ScoringState();

    /// <summary>Gets a parameter's name as users see it.</summary>
    internal virtual string UserName(string parameter) => parameter;

    /// <summary>Gives the module its optimizers for a run, or takes them away.</summary>
    internal void Attach(IReadOnlyList<ModuleOptimizer>? optimizers) => _optimizers = optimizers;
}
