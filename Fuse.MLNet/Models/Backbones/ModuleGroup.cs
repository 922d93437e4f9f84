namespace Fuse.MLNet;

/// <summary>Holds modules under a common name, without a forward pass of its own.</summary>
internal sealed class ModuleGroup() : nn.Module(nameof(ModuleGroup))
{
    /// <summary>Registers a part under a name.</summary>
    public TModule Part<TModule>(string name, TModule module)
        where TModule : nn.Module
    {
        register_module(name, module);
        return module;
    }
}
