using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Holds what a trainer was asked for, in the one form that fitting works on.</summary>
internal abstract record TrainerPlan
{
    public required IReadOnlyList<KeyValuePair<string, TensorColumn>> Columns { get; init; }

    public required FuseModel Model { get; init; }

    public required FuseTrainer.TrainingOptions Options { get; init; }

    /// <summary>Settles the losses and outputs, which may depend on the type of the label.</summary>
    public abstract Settled Settle(Func<string, SchemaShape.Column> find);

    /// <summary>Holds the losses and outputs of a plan.</summary>
    internal sealed record Settled(IReadOnlyList<KeyValuePair<string, LossBase>> Losses, IReadOnlyList<OutputPlan> Outputs);
}
