namespace Fuse.MLNet;

/// <summary>Holds what a <see cref="LightningModuleDefault"/> is made of: a model, losses and metrics.</summary>
public sealed record LightningModuleDefaultArguments
{
    /// <summary>Gets the model.</summary>
    public required FuseModel Model { get; init; }

    /// <summary>Gets the losses by name; their weighted sum is minimized.</summary>
    public IReadOnlyList<KeyValuePair<string, LossBase>> Losses { get; init; } = [];

    /// <summary>Gets the losses of validation; empty means <see cref="Losses"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, LossBase>> ValidationLosses { get; init; } = [];

    /// <summary>Gets the metrics of the training batches, as they were when each was trained on.</summary>
    public IReadOnlyList<KeyValuePair<string, MetricBase>> TrainMetrics { get; init; } = [];

    /// <summary>Gets the metrics of the validation rows.</summary>
    public IReadOnlyList<KeyValuePair<string, MetricBase>> ValidationMetrics { get; init; } = [];

    /// <summary>Gets the metrics of <c>mlContext.Fuse().Evaluate</c>; empty means <see cref="ValidationMetrics"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, MetricBase>> TestMetrics { get; init; } = [];
}
