namespace Fuse.MLNet;

/// <summary>Says which optimizer steps which parameters of a <see cref="LightningModule"/>, along which schedule.</summary>
/// <remarks>PyTorch Lightning's result of <c>configure_optimizers</c>. An <see cref="OptimizerSpec"/> converts to one that steps all parameters.</remarks>
/// <param name="Optimizer">The optimizer.</param>
/// <param name="Schedule">How its learning rate changes over the run. Default: the schedule of the training options, if any.</param>
public sealed record OptimizerConfiguration(OptimizerSpec Optimizer, ScheduleSpec? Schedule = null)
{
    /// <summary>Gets the optimizer.</summary>
    public OptimizerSpec Optimizer { get; init; } = Optimizer ?? throw new ArgumentNullException(nameof(Optimizer));

    /// <summary>Gets globs over the names of the parameters that it steps: * stands for any text, ? for one character. Default: <c>["*"]</c>, all.</summary>
    public ValueList<string> Parameters { get; init; } = ["*"];

    /// <summary>Makes the configuration in which one optimizer steps all parameters.</summary>
    /// <param name="optimizer">The optimizer.</param>
    public static implicit operator OptimizerConfiguration(OptimizerSpec optimizer) => new(optimizer);
}
