namespace Fuse.MLNet;

/// <summary>Describes a class derived from <see cref="LightningModule"/> by its name and the JSON of its constructor's arguments; made by <c>LightningModule.Of</c>.</summary>
public sealed record LightningModuleSpec
{
    private const string Role = "network";

    /// <summary>Gets the class's full name, without its assembly.</summary>
    public required string TypeName { get; init; }

    /// <summary>Gets the simple name of the assembly that held the class in training.</summary>
    public required string AssemblyName { get; init; }

    /// <summary>Gets the constructor's arguments, each as JSON text.</summary>
    public required ValueList<string> Arguments { get; init; }

    internal static LightningModuleSpec Create(Type type, object?[] arguments)
    {
        var spec = new LightningModuleSpec
        {
            TypeName = type.FullName!,
            AssemblyName = type.Assembly.GetName().Name!,
            Arguments = ConstructorArguments.ToJson(arguments, Role),
        };
        ConstructorArguments.FindConstructor(type, spec.Arguments, Role, Leading(type));
        ClassRegistry.Remember(type);
        return spec;
    }

    /// <summary>Gets whether the class takes a model, losses and metrics.</summary>
    internal bool IsSupervised => Leading(Class()) is not null;

    /// <summary>Builds the module.</summary>
    /// <param name="arguments">What a class derived from <see cref="LightningModuleDefault"/> is made of; null for others.</param>
    internal LightningModule Build(LightningModuleDefaultArguments? arguments)
    {
        using IDisposable unbounded = ParameterBudget.Suspend();
        return (LightningModule)ConstructorArguments.Construct(Class(), Arguments, Role, arguments is null ? [] : [arguments]);
    }

    private Type Class() => ClassRegistry.Find<LightningModule>(TypeName, AssemblyName, Role);

    private static Type? Leading(Type type) => typeof(LightningModuleDefault).IsAssignableFrom(type) ? typeof(LightningModuleDefaultArguments) : null;
}
