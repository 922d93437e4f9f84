namespace Fuse.MLNet;

/// <summary>Is a module of one tensor to one, whose parts have the names of the original's state dict.</summary>
internal abstract class BackboneModule(string name) : nn.Module<Tensor, Tensor>(name)
{
    public sealed override Tensor forward(Tensor input)
    {
        // Tensors between the layers die with each block, so that scoring holds few of them.
        using DisposeScope scope = NewDisposeScope();
        return Compute(input).MoveToOuterDisposeScope();
    }

    // Parts are registered by Part, under their own names; TorchSharp would add each field once more, under the name of the field.
    protected sealed override void RegisterComponents()
    {
    }

    /// <summary>Computes a new tensor; never the input itself.</summary>
    protected abstract Tensor Compute(Tensor input);

    /// <summary>Registers a part under a name.</summary>
    protected TModule Part<TModule>(string name, TModule module)
        where TModule : nn.Module
    {
        register_module(name, module);
        return module;
    }
}
