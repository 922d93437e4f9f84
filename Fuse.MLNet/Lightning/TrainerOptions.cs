namespace Fuse.MLNet;

/// <summary>Holds the options of the training loop.</summary>
public class TrainerOptions
{
    private const string Last = "last";

    /// <summary>Gets or sets the number of rows a training step sees, and a scoring batch holds. Default: 32.</summary>
    public int BatchSize { get; set; } = 32;

    /// <summary>Gets or sets the number of passes over the training rows. Default: 10.</summary>
    public int MaxEpochs { get; set; } = 10;

    /// <summary>Gets or sets the optimizer. Default: Adam with learning rate 1e-3.</summary>
    public OptimizerSpec Optimizer { get; set; } = Optimizers.Adam();

    /// <summary>Gets or sets how the learning rate changes over the run. Default: not at all.</summary>
    public ScheduleSpec? LearningRateScheduler { get; set; }

    /// <summary>Gets or sets the number of batches whose gradients one optimizer step sums up; the last step of an epoch may have fewer. Default: 1.</summary>
    /// <remarks>
    /// The gradient is that of the mean over all rows of those batches, so N small batches equal one large batch. Each batch's loss weighs by its
    /// rows; with example weights or missing targets, which make rows weigh differently, that is an approximation.
    /// </remarks>
    public int AccumulateBatches { get; set; } = 1;

    /// <summary>Gets or sets the largest norm of all gradients together; larger ones are scaled down to it. Default: null, any.</summary>
    public double? GradientClipNorm { get; set; }

    /// <summary>Gets or sets the largest absolute value of each gradient's elements. Default: null, any.</summary>
    public double? GradientClipValue { get; set; }

    /// <summary>Gets or sets the number of optimizer steps after which training ends, also within an epoch, which is then not validated. Default: null, any.</summary>
    public long? MaxSteps { get; set; }

    /// <summary>Gets or sets the time after which training ends, at the next batch; a resumed run has it anew. Default: null, any.</summary>
    public TimeSpan? MaxTime { get; set; }

    /// <summary>Gets patterns of the names of parameters that stay as they are, such as <c>backbone.*</c>; * stands for any text, ? for one character. Default: none.</summary>
    /// <remarks>Names are those of the network's own class, as in its <c>named_parameters()</c>. Parts without any other parameter stay in evaluation mode, batch normalization among them.</remarks>
    public IList<string> Freeze { get; private set; } = [];

    /// <summary>Gets or sets how many of an epoch's training batches are used: <c>10</c>, or <c>BatchLimit.Fraction(0.1)</c>. Default: null, all.</summary>
    /// <remarks>The first ones of the epoch's order, so that every epoch sees other rows. Schedules take the shorter epoch for a whole one.</remarks>
    public BatchLimit? LimitTrainBatches { get; set; }

    /// <summary>Gets or sets how many of the validation batches are used, the first ones: <c>10</c>, or <c>BatchLimit.Fraction(0.1)</c>. Default: null, all.</summary>
    public BatchLimit? LimitValidationBatches { get; set; }

    /// <summary>Gets or sets a number of batches to overfit, as a check that a network can learn at all. Default: null, off.</summary>
    /// <remarks>
    /// Every epoch trains on the first batches of the training rows, not shuffled, and validates on the same rows, whatever other options or
    /// arguments say about samplers, limits and validation rows.
    /// </remarks>
    public int? OverfitBatches { get; set; }

    /// <summary>Gets or sets whether to only try the whole run out: one epoch of one training and one validation batch. Default: false.</summary>
    /// <remarks>
    /// Nothing is written or read: <see cref="ModelDirectory"/> and <see cref="ResumeFrom"/> count as null, and the library's callbacks that write files are left out.
    /// </remarks>
    public bool FastDevRun { get; set; }

    /// <summary>Gets the callbacks, run in this order. Each <c>Fit</c> works on copies.</summary>
    /// <remarks>
    /// <see cref="SanityCheck"/> and <see cref="NaNGuard"/> are there by themselves, <see cref="TimeLimit"/> with <see cref="MaxTime"/>, <see cref="ModelEpochSummary"/>
    /// and <see cref="ModelCheckpoint"/> with <see cref="ModelDirectory"/>; one of yours of the same type stands in for it.
    /// </remarks>
    public IList<Callback> Callbacks { get; private set; } = [];

    /// <summary>Gets or sets the folder of the run's files, made when it is missing; it gets <c>last.ckpt</c>, <c>best_epoch.ckpt</c> and <c>epoch_summary_&lt;monitor&gt;.txt</c>. Default: null, no files.</summary>
    public string? ModelDirectory { get; set; }

    /// <summary>
    /// Gets or sets the checkpoint to go on from: <c>last</c> of <see cref="ModelDirectory"/> if there is one, else the run begins anew, as Lightning's <c>ckpt_path="last"</c>; <c>best</c>, or a
    /// file's path, which must be there. Default: null, a new run. The resumed run ends with the same bits as one that was never interrupted, given the same data and options.
    /// </summary>
    /// <remarks>Of several processes the first one decides and reads the file; the others need not see it.</remarks>
    public string? ResumeFrom { get; set; }

    /// <summary>
    /// Gets or sets the logged values whose best epochs get a checkpoint; the first entry decides which weights the model gets. Default:
    /// <c>validation.losses.total_loss</c> when there are validation rows and it is logged, else none, and the last epoch is kept.
    /// </summary>
    public IList<MetricMonitor> BestEpochSource { get; set; } = [];

    /// <summary>Gets or sets whether the model gets the weights of its best epoch, however the run ended. Default: true.</summary>
    public bool RestoreBestWeights { get; set; } = true;

    /// <summary>Gets or sets what happens when a loss is not finite. Default: <see cref="DivergencePolicy.Stop"/>.</summary>
    public DivergencePolicy OnDivergence { get; set; }

    /// <summary>Gets or sets the device. Default: the MLContext's <c>GpuDeviceId</c> if set, else CUDA where there is one, else the CPU.</summary>
    public FuseDevice Device { get; set; } = FuseDevice.Auto;

    /// <summary>
    /// Gets or sets whether the run trains in several processes, each on a part of every batch. Default: <see cref="TrainingStrategy.Auto"/>, over MPI when a launcher such as <c>mpirun</c>
    /// started this process, else alone.
    /// </summary>
    /// <remarks>
    /// <see cref="BatchSize"/> is that of each process, so n of them take steps as one does with n times as many rows, and a larger learning rate may suit that. Losses that are no plain mean over rows,
    /// such as those with class weights, come out as the mean of the processes'. Preview.
    /// </remarks>
    public TrainingStrategy Strategy { get; set; } = TrainingStrategy.Auto;

    /// <summary>Gets or sets how several processes divide the rows. Default: <see cref="ShardingMode.ByRow"/>, all are given the same rows.</summary>
    public ShardingMode Sharding { get; set; }

    /// <summary>
    /// Gets or sets whether batch normalization measures the rows of all processes together, as PyTorch's <c>SyncBatchNorm</c>, and not each process its own. Default: false. It costs two exchanges a
    /// layer and direction, and matters where the batch of one process is small.
    /// </summary>
    public bool SyncBatchNorm { get; set; }

    /// <summary>Gets or sets in which numbers the network computes while it is trained and validated. Default: <see cref="Precision.Full"/>.</summary>
    public Precision Precision { get; set; }

    /// <summary>
    /// Gets or sets a token that ends training at the next batch; <c>Fit</c> then returns the model trained so far. While rows are still
    /// read into memory, or those of the first batch, there is none, and <c>Fit</c> throws <see cref="OperationCanceledException"/>. Of several processes each may have one, and any ends all.
    /// </summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>Gets or sets the schedule of a search for a learning rate, which stands in for all others.</summary>
    internal ScheduleSpec? Sweep { get; private set; }

    /// <summary>Gets whether the run only tries something out, and leaves no files.</summary>
    internal bool IsTrial => FastDevRun || Sweep is not null;

    /// <summary>Copies the options for a search for a learning rate: some steps from fresh weights, no files, no callbacks but one.</summary>
    internal void TurnIntoSweep(ScheduleSpec sweep, int steps, Callback recorder)
    {
        (Sweep, MaxSteps, MaxEpochs, MaxTime) = (sweep, steps, int.MaxValue, null);
        (ModelDirectory, ResumeFrom, BestEpochSource, RestoreBestWeights) = (null, null, [], false);
        (Callbacks, LimitValidationBatches, OnDivergence) = ([recorder], 1, DivergencePolicy.Stop);
    }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal virtual void Validate()
    {
        Require(BatchSize > 0, nameof(BatchSize), BatchSize, "at least 1");
        Require(MaxEpochs > 0, nameof(MaxEpochs), MaxEpochs, "at least 1");
        Require(AccumulateBatches > 0, nameof(AccumulateBatches), AccumulateBatches, "at least 1");
        Require(GradientClipNorm is null or > 0, nameof(GradientClipNorm), GradientClipNorm, "positive, or null");
        Require(GradientClipValue is null or > 0, nameof(GradientClipValue), GradientClipValue, "positive, or null");
        Require(MaxSteps is null or > 0, nameof(MaxSteps), MaxSteps, "at least 1, or null");
        Require(MaxTime is not { } time || time > TimeSpan.Zero, nameof(MaxTime), MaxTime, "positive, or null");
        Require(OverfitBatches is null or > 0, nameof(OverfitBatches), OverfitBatches, "at least 1, or null");
        if (ResumeFrom is Last or "best" && ModelDirectory is null)
            throw new ArgumentException($"{nameof(ResumeFrom)} = \"{ResumeFrom}\" means a file of {nameof(ModelDirectory)}: set it, or give the path of a checkpoint.");
        ArgumentNullException.ThrowIfNull(Optimizer);
        ArgumentNullException.ThrowIfNull(BestEpochSource);
        Require(Callbacks.All(callback => callback is not null), nameof(Callbacks), "null", "without null");
        Require(Freeze.All(pattern => pattern is not null), nameof(Freeze), "null", "without null");
        Require(BestEpochSource.All(monitor => monitor is not null), nameof(BestEpochSource), "null", "without null");
        ArgumentNullException.ThrowIfNull(Device);
        ArgumentNullException.ThrowIfNull(Strategy);
        Require(Enum.IsDefined(Sharding), nameof(Sharding), Sharding, $"{nameof(ShardingMode.ByRow)} or {nameof(ShardingMode.ByFile)}");
    }

    /// <summary>Copies the options as they take effect, so that changing the originals does not change a trainer made of them.</summary>
    internal virtual TrainerOptions Clone()
    {
        var copy = (TrainerOptions)MemberwiseClone();
        copy.BestEpochSource = [.. BestEpochSource];
        copy.Callbacks = [.. Callbacks];
        copy.Freeze = [.. Freeze];
        if (FastDevRun)
        {
            (copy.MaxEpochs, copy.ModelDirectory, copy.ResumeFrom) = (1, null, null);
            (copy.LimitTrainBatches, copy.LimitValidationBatches, copy.OverfitBatches) = (1, 1, OverfitBatches is null ? null : 1);
        }
        return copy;
    }

    /// <summary>Gets whether a run without the checkpoint begins anew.</summary>
    internal bool ResumesIfPresent => ResumeFrom == Last;

    /// <summary>Gets the file to resume from, or null for a new run.</summary>
    internal string? CheckpointToResume() => ResumeFrom switch
    {
        Last => Path.Combine(ModelDirectory!, ModelCheckpoint.LastName),
        "best" => Path.Combine(ModelDirectory!, ModelCheckpoint.BestName),
        _ => ResumeFrom,
    };

    /// <summary>Throws an error that names an option when a condition does not hold.</summary>
    private protected static void Require<T>(bool condition, string option, T value, string expected)
    {
        if (!condition)
            throw new ArgumentOutOfRangeException(option, value, $"The option {option} must be {expected}.");
    }
}
