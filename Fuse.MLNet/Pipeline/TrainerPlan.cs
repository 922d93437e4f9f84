using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Holds what a trainer was asked for, in the one form that fitting works on.</summary>
internal abstract record TrainerPlan
{
    protected TrainerPlan(IEnumerable<KeyValuePair<string, TensorColumn>> columns, FuseModel model, FuseTrainer.TrainingOptions options)
    {
        Columns = options.ExampleWeightColumnName is { } weight
            ? [.. columns, new(BatchKeys.ExampleWeight, new TensorColumn(weight) { DType = ScalarType.Float32 })]
            : [.. columns];
        Model = model;
        Options = options;
    }

    /// <summary>Gets the columns to read, by batch key.</summary>
    public IReadOnlyList<KeyValuePair<string, TensorColumn>> Columns { get; }

    public FuseModel Model { get; }

    public FuseTrainer.TrainingOptions Options { get; }

    /// <summary>Settles the losses and outputs, which may depend on the type of the label.</summary>
    public abstract Settled Settle(Func<string, SchemaShape.Column> find);

    /// <summary>Holds the losses and outputs of a plan.</summary>
    internal sealed record Settled(IReadOnlyList<KeyValuePair<string, LossBase>> Losses, IReadOnlyList<OutputPlan> Outputs);
}
