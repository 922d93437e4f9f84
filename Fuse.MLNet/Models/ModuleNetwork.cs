namespace Fuse.MLNet;

/// <summary>Describes a user's own module class by its name and the JSON of its constructor's arguments.</summary>
/// <param name="TypeName">The class's full name, without its assembly.</param>
/// <param name="AssemblyName">The simple name of the assembly that held the class in training.</param>
/// <param name="Arguments">The constructor's arguments, each as JSON text.</param>
internal sealed record ModuleNetwork(string TypeName, string AssemblyName, ValueList<string> Arguments) : Network
{
    private const string Role = "network";

    public static ModuleNetwork Create(Type type, object?[] arguments)
    {
        var network = new ModuleNetwork(type.FullName!, type.Assembly.GetName().Name!, ConstructorArguments.ToJson(arguments, Role));
        ConstructorArguments.FindConstructor(type, network.Arguments, Role);
        ClassRegistry.Remember(type);
        return network;
    }

    public override nn.Module Build()
    {
        Type type = ClassRegistry.Find<nn.Module>(TypeName, AssemblyName, Role);
        using IDisposable? unbounded = type.Assembly == typeof(ModuleNetwork).Assembly ? null : ParameterBudget.Suspend();
        return (nn.Module)ConstructorArguments.Construct(type, Arguments, Role);
    }
}
