namespace Fuse.MLNet;

/// <summary>Lets a model over the batch stand where a network of one tensor in and one out is wanted.</summary>
/// <remarks>
/// FuseMedML's <c>ModelWrapDictToSeq</c>. It gives the model a batch of one value and takes one value out. Its <c>Build</c> gives an
/// <c>nn.Module&lt;Tensor, Tensor&gt;</c>; <c>network: new ModelWrapDictToSeq { ... }</c> trains it in the simple form.
/// Sizes that heads inside take from the data must be given.
/// </remarks>
public sealed record ModelWrapDictToSeq : Network
{
    /// <summary>Gets the model.</summary>
    public required FuseModel Model { get; init; }

    /// <summary>Gets the key that the input tensor gets, such as <c>data.image</c>.</summary>
    public required string InputKey { get; init => field = ModelOption.Key(value); }

    /// <summary>Gets the key of the output tensor, such as <c>model.logits.head_0</c>.</summary>
    public required string OutputKey { get; init => field = ModelOption.Key(value); }

    /// <inheritdoc/>
    public override nn.Module Build() => new WrapDictToSeqModule(this);

    internal override string? WhyNotSavable() => Model.WhyNotSavable();
}
