namespace Fuse.MLNet;

/// <summary>Describes a user's own reader class by its name and the JSON of its constructor's arguments.</summary>
/// <param name="TypeName">The class's full name, without its assembly.</param>
/// <param name="AssemblyName">The simple name of the assembly that held the class in training.</param>
/// <param name="Arguments">The constructor's arguments, each as JSON text.</param>
internal sealed record ClassReader(string TypeName, string AssemblyName, ValueList<string> Arguments) : TensorReader
{
    private const string Role = "reader";

    public static ClassReader Create(Type type, object?[] arguments)
    {
        var reader = new ClassReader(type.FullName!, type.Assembly.GetName().Name!, ConstructorArguments.ToJson(arguments, Role));
        ConstructorArguments.FindConstructor(type, reader.Arguments, Role);
        ClassRegistry.Remember(type);
        return reader;
    }

    internal override TensorFileReader Build() => (TensorFileReader)ConstructorArguments.Construct(Class(), Arguments, Role);

    internal override void CheckClass() => Class();

    private Type Class() => ClassRegistry.Find<TensorFileReader>(TypeName, AssemblyName, Role);
}
