namespace Fuse.MLNet;

/// <summary>Holds the options of the training loop.</summary>
public class TrainerOptions
{
    /// <summary>Gets or sets the number of rows a training step sees, and a scoring batch holds. Default: 32.</summary>
    public int BatchSize { get; set; } = 32;

    /// <summary>Gets or sets the number of passes over the training rows. Default: 10.</summary>
    public int MaxEpochs { get; set; } = 10;

    /// <summary>Gets or sets the optimizer. Default: Adam with learning rate 1e-3.</summary>
    public OptimizerSpec Optimizer { get; set; } = Optimizers.Adam();

    /// <summary>
    /// Gets or sets the logged value whose best epoch is kept; the first entry decides. Default: <c>validation.losses.total_loss</c> when
    /// there are validation rows, else none, and the last epoch is kept.
    /// </summary>
    public IList<MetricMonitor> BestEpochSource { get; set; } = [];

    /// <summary>Gets or sets whether the model gets the weights of its best epoch, however the run ended. Default: true.</summary>
    public bool RestoreBestWeights { get; set; } = true;

    /// <summary>Gets or sets what happens when a loss is not finite. Default: <see cref="DivergencePolicy.Stop"/>.</summary>
    public DivergencePolicy OnDivergence { get; set; }

    /// <summary>Gets or sets the device. Default: the MLContext's <c>GpuDeviceId</c> if set, else CUDA where there is one, else the CPU.</summary>
    public FuseDevice Device { get; set; } = FuseDevice.Auto;

    /// <summary>Gets or sets a token that ends training at the next batch; <c>Fit</c> then returns the model trained so far.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal virtual void Validate()
    {
        Require(BatchSize > 0, nameof(BatchSize), BatchSize, "at least 1");
        Require(MaxEpochs > 0, nameof(MaxEpochs), MaxEpochs, "at least 1");
        ArgumentNullException.ThrowIfNull(Optimizer);
        ArgumentNullException.ThrowIfNull(BestEpochSource);
        ArgumentNullException.ThrowIfNull(Device);
    }

    /// <summary>Copies the options, so that changing the originals does not change a trainer made of them.</summary>
    internal virtual TrainerOptions Clone()
    {
        var copy = (TrainerOptions)MemberwiseClone();
        copy.BestEpochSource = [.. BestEpochSource];
        return copy;
    }

    /// <summary>Throws an error that names an option when a condition does not hold.</summary>
    private protected static void Require<T>(bool condition, string option, T value, string expected)
    {
        if (!condition)
            throw new ArgumentOutOfRangeException(option, value, $"The option {option} must be {expected}.");
    }
}
