namespace Fuse.MLNet;

/// <summary>Holds modules by name, so that they move, train and are saved with the module it is a field of.</summary>
internal sealed class NamedModules : nn.Module
{
    public NamedModules()
        : base(nameof(NamedModules))
    {
    }

    /// <summary>Adds a module; its parameters' names begin with the name.</summary>
    public TModule Add<TModule>(string name, TModule module)
        where TModule : nn.Module
    {
        register_module(name, module);
        return module;
    }
}
