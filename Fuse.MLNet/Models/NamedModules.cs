namespace Fuse.MLNet;

/// <summary>Holds modules by name, so that they move, train and are saved with the module it is a field of.</summary>
internal sealed class NamedModules : nn.Module
{
    // The name is repeated before each parameter and buffer, several times in memory.
    private const int LongestName = 1000;

    public NamedModules()
        : base(nameof(NamedModules))
    {
    }

    /// <summary>Adds a module; its parameters' names begin with the name.</summary>
    /// <exception cref="ArgumentException">The name has more than 1,000 characters.</exception>
    public TModule Add<TModule>(string name, TModule module)
        where TModule : nn.Module
    {
        if (name.Length > LongestName)
            throw MLNetErrors.Mark(new ArgumentException($"The name '{Excerpt.Of(name)}' of a part of the model is too long: give it at most {LongestName} characters."));
        register_module(name, module);
        return module;
    }
}
