namespace Fuse.MLNet;

/// <summary>Makes a loss of any TorchSharp loss module of two or three tensors, whose arguments are named by batch keys.</summary>
/// <remarks>
/// FuseMedML's <c>LossWrapToDict</c>, for modules such as <c>nn.TripletMarginLoss()</c> (anchor, positive, negative) and
/// <c>nn.CosineEmbeddingLoss()</c> (input1, input2, target). Each <c>Fit</c> builds its own module, whose parameters and registered buffers move to the
/// device and train with the model. The module may give a scalar, its own mean, or one value a row or element <c>[N, ...]</c>. Nothing is left out of it.
/// </remarks>
public sealed record LossWrapToDict : LossBase
{
    /// <summary>Describes the loss.</summary>
    /// <param name="module">Builds the module, such as <c>() => nn.TripletMarginLoss()</c>.</param>
    /// <param name="arguments">The batch key of each argument of the module's forward, such as <c>["anchor"] = "model.anchor"</c>.</param>
    public LossWrapToDict(Func<nn.Module> module, IReadOnlyDictionary<string, string> arguments)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(arguments);
        Module = module;
        Arguments = arguments.ToArray();
    }

    /// <summary>Gets the function that builds the loss module.</summary>
    public Func<nn.Module> Module { get; }

    /// <summary>Gets the batch key of each argument of the module's forward.</summary>
    public ValueList<KeyValuePair<string, string>> Arguments { get; }

    internal override string WhyNotSavable() =>
        $"it builds its module by a function, which a file cannot hold; write the loss as a record that derives from {nameof(LossBase)} and overrides {nameof(BuildModule)}";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The argument names are not those of the module's forward; the message lists them.</exception>
    protected internal override nn.Module BuildModule()
    {
        nn.Module module = Module();
        try
        {
            return new KeyedLossModule(module, Arguments);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected internal override LossTerms Compute(BatchDict batch, nn.Module? module)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return module is KeyedLossModule built ? new(built.Forward(batch))
            : throw new InvalidOperationException($"{nameof(LossWrapToDict)} computes with the module that {nameof(BuildModule)} made.");
    }
}
