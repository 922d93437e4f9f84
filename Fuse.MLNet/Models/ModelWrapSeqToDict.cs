using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Lets a plain network work on a batch: takes its inputs from batch keys and stores its outputs under batch keys.</summary>
/// <remarks>FuseMedML's <c>ModelWrapSeqToDict</c>. A network that gives a tuple of one tensor is one of one output here.</remarks>
public sealed record ModelWrapSeqToDict : FuseModel
{
    /// <summary>Gets the network.</summary>
    public required Network Model { get; init; }

    /// <summary>Gets the keys of the network's inputs, in the order of its parameters (1 to 4 tensors). Either these or <see cref="NamedInputs"/> are set.</summary>
    public ValueList<string> Inputs { get; init => field = ModelOption.Keys(value); } = [];

    /// <summary>
    /// Gets the key of each input by the name of the parameter of the network's <c>forward</c>, in any order: <c>[new("image", "data.image"),
    /// new("age", "data.age")]</c>. Default: none, <see cref="Inputs"/>.
    /// </summary>
    public ValueList<KeyValuePair<string, string>> NamedInputs { get; init => field = value ?? throw new ArgumentNullException(nameof(NamedInputs)); } = [];

    /// <summary>
    /// Gets the keys of the network's outputs, in their order; null where an output is not stored. With <see cref="PostForward"/> a network of one
    /// output takes either one key, for the activated output, or two: the raw output, then the activated one.
    /// </summary>
    public required ValueList<string?> Outputs { get; init; }

    /// <summary>Gets the activation of the output. Default: none.</summary>
    public Activation PostForward { get; init; }

    /// <summary>Gets a function of the network's inputs before they go in, in the order of its parameters; such a model cannot be saved. Default: none.</summary>
    [JsonIgnore]
    public Func<Tensor[], Tensor[]>? PreForwardFunction { get; init; }

    /// <summary>Gets a function of the network's outputs, before <see cref="PostForward"/>; such a model cannot be saved. Default: none.</summary>
    [JsonIgnore]
    public Func<Tensor[], Tensor[]>? PostForwardFunction { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Not exactly one of <see cref="Inputs"/> and <see cref="NamedInputs"/> is set, or the network takes other arguments.</exception>
    public override nn.Module<BatchDict, BatchDict> Build() => (Inputs.Count > 0) ^ (NamedInputs.Count > 0) ? new WrapSeqToDictModule(this)
        : throw MLNetErrors.Mark(new ArgumentException($"{nameof(ModelWrapSeqToDict)} needs the keys of the network's inputs: set either {nameof(Inputs)} or {nameof(NamedInputs)}."));

    internal override FuseModel Infer(DataShapes data) => this with { Model = Model.Infer(data.InputSize, data.OutputSize) };

    internal override string? WhyNotSavable() => PreForwardFunction is null && PostForwardFunction is null ? Model.WhyNotSavable()
        : $"its {(PreForwardFunction is null ? nameof(PostForwardFunction) : nameof(PreForwardFunction))} is a function, which a file cannot hold; do that step in the network's own class";
}
