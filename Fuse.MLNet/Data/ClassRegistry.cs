using System.Collections.Concurrent;
using System.Reflection;

namespace Fuse.MLNet;

/// <summary>Finds a user's class that a model file names: registered classes first, then the assembly it was trained in, then the program's own.</summary>
internal static class ClassRegistry
{
    private static readonly ConcurrentDictionary<string, Type> Registered = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, Type> Seen = new(StringComparer.Ordinal);

    /// <summary>Registers a class for the whole process, under its full name or a name given.</summary>
    public static void Register(Type type, string? name) => Registered[name ?? type.FullName!] = type;

    /// <summary>Remembers a class that was described here, so that a file saved in this process loads in it whatever assembly holds the class.</summary>
    public static void Remember(Type type) => Seen[Key(type.FullName!, type.Assembly.GetName().Name!)] = type;

    /// <summary>Finds a class that derives from <typeparamref name="TBase"/> and can be made.</summary>
    /// <param name="typeName">The class's full name.</param>
    /// <param name="assemblyName">The simple name of the assembly that held it in training.</param>
    /// <param name="role">What the class is to the model, such as network.</param>
    /// <exception cref="TypeLoadException">It is not found, or is something else.</exception>
    public static Type Find<TBase>(string typeName, string assemblyName, string role)
    {
        if (!Registered.TryGetValue(typeName, out Type? type) && !Seen.TryGetValue(Key(typeName, assemblyName), out type))
            type = TypeOf(() => Assembly.Load(new AssemblyName(assemblyName)), typeName) ?? TypeOf(Assembly.GetEntryAssembly, typeName);
        string entry = Assembly.GetEntryAssembly()?.GetName().Name ?? "(none)";
        if (type is null)
            throw MLNetErrors.Mark(new TypeLoadException(
                $"The model's {role} is the class '{typeName}', which was found neither in the assembly '{assemblyName}' that trained it nor in the program " +
                $"'{entry}'. Reference '{assemblyName}', copy the class into this program under the same full name, or register it before loading: " +
                $"mlContext.Fuse().Register{char.ToUpperInvariant(role[0])}{role[1..]}<{typeName.Split('.', '+')[^1]}>()."));
        return typeof(TBase).IsAssignableFrom(type) && !type.IsAbstract && !type.ContainsGenericParameters ? type
            : throw MLNetErrors.Mark(new TypeLoadException($"The model file names the class '{typeName}' as its {role}, but it is not a {typeof(TBase).Name} that can be made."));
    }

    private static string Key(string typeName, string assemblyName) => $"{typeName}, {assemblyName}";

    private static Type? TypeOf(Func<Assembly?> assembly, string typeName)
    {
        try
        {
            return assembly()?.GetType(typeName);
        }
        catch (Exception error) when (error is IOException or BadImageFormatException or ArgumentException or TypeLoadException)
        {
            return null;
        }
    }
}
