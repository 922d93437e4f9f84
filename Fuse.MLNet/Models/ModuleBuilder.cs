namespace Fuse.MLNet;

/// <summary>Builds modules so that their tensors outlive the caller's dispose scopes.</summary>
internal static class ModuleBuilder
{
    public static TModule Own<TModule>(TModule module)
        where TModule : nn.Module
    {
        // A Parameter made by hand in a constructor belongs to the scope that is current there, and would die with it.
        foreach (nn.Module part in module.modules().Append(module))
        {
            foreach ((_, Parameter parameter) in part.named_parameters(false))
                parameter.DetachFromDisposeScope();
            foreach ((_, Tensor buffer) in part.named_buffers(false))
                buffer.DetachFromDisposeScope();
        }
        return module;
    }
}
