namespace Fuse.MLNet;

/// <summary>Lets a plain network work on a batch: takes its inputs from batch keys and stores its outputs under batch keys.</summary>
/// <remarks>FuseMedML's <c>ModelWrapSeqToDict</c>.</remarks>
public sealed record ModelWrapSeqToDict : FuseModel
{
    /// <summary>Gets the network.</summary>
    public required Network Model { get; init; }

    /// <summary>Gets the keys of the network's inputs, in the order of its parameters (1 to 4 tensors).</summary>
    public required ValueList<string> Inputs { get; init; }

    /// <summary>
    /// Gets the keys of the network's outputs, in their order. With <see cref="PostForward"/> a network of one output takes either one key,
    /// for the activated output, or two: the raw output, then the activated one.
    /// </summary>
    public required ValueList<string> Outputs { get; init; }

    /// <summary>Gets the activation of the output. Default: none.</summary>
    public Activation PostForward { get; init; }

    /// <inheritdoc/>
    public override nn.Module<BatchDict, BatchDict> Build() => new WrapSeqToDictModule(this);

    internal override FuseModel Infer(long inputSize, long outputSize) => this with { Model = Model.Infer(inputSize, outputSize) };

    internal override string? WhyNotSavable() => Model.WhyNotSavable();
}
