using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Fuse.MLNet.Tests;

/// <summary>Checks that the library's rooms, its folders, depend on each other in one direction. Each type's folder is read from the portable PDB.</summary>
[TestClass]
public sealed class RoomsTests
{
    private const string Root = "(root)";
    private const string Internals = "MLNetInternals";

    private static readonly string[] Order = ["Persistence", "Data", "Models", "Losses", "Metrics", "Optimizers", "Distributed", "Lightning", "Onnx", "Pipeline", "Evaluation", Root];

    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    /// <summary>Holds what MLNetInternals may name: what it archives, two seams to the loop, and the graph that it writes into ML.NET's.</summary>
    private static readonly string[] AllowedInInternals = ["IRunLog", "FuseDevice", "FuseTransformer", "LossTransformer", "OnnxGraph", "OnnxOperation", "OnnxValue"];

    [TestMethod]
    public void RoomsDependOnlyOnRoomsBeforeThem()
    {
        Dictionary<string, string> rooms = Rooms();
        string[] unknown = [.. rooms.Values.Distinct().Except(Order).Where(room => room != Internals)];
        CollectionAssert.AreEqual(Array.Empty<string>(), unknown, "A new folder belongs into the order of this test.");
        var violations = new SortedSet<string>(StringComparer.Ordinal);
        foreach ((string user, string used) in Uses())
        {
            (string from, string to) = (rooms[user], rooms[used]);
            bool allowed = from == to || to == Internals
                || (from == Internals ? AllowedInInternals.Contains(used) : Array.IndexOf(Order, to) < Array.IndexOf(Order, from));
            if (!allowed)
                violations.Add($"{from}/{user} uses {to}/{used}");
        }

        CollectionAssert.AreEqual(Array.Empty<string>(), violations.ToArray(), string.Join('\n', violations));
    }

    [TestMethod]
    public void TheCheckSeesTypesRoomsAndUses()
    {
        Dictionary<string, string> rooms = Rooms();
        Assert.AreEqual("Pipeline", rooms["FuseTrainer"]);
        Assert.AreEqual("Losses", rooms["LossBase"]);
        Assert.AreEqual(Root, rooms["FuseCatalog"]);
        var uses = Uses().ToHashSet();
        Assert.Contains(("FuseCatalog", "FuseTrainer"), uses, "a signature");
        Assert.Contains(("LossCrossEntropy", "LossBase"), uses, "a base type");
        Assert.Contains(("Trainer", "BestEpoch"), uses, "a method's body");
    }

    /// <summary>Gets the folder of each outermost type.</summary>
    private static Dictionary<string, string> Rooms()
    {
        using var image = new PEReader(File.OpenRead(typeof(FuseTrainer).Assembly.Location));
        image.TryOpenAssociatedPortablePdb(typeof(FuseTrainer).Assembly.Location, File.OpenRead, out MetadataReaderProvider? provider, out _);
        Assert.IsNotNull(provider, "The library's PDB was not found.");
        using (provider)
        {
            (MetadataReader types, MetadataReader pdb) = (image.GetMetadataReader(), provider.GetMetadataReader());
            var rooms = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (MethodDebugInformationHandle handle in pdb.MethodDebugInformation)
            {
                MethodDebugInformation method = pdb.GetMethodDebugInformation(handle);
                if (method.Document.IsNil)
                    continue;
                string path = pdb.GetString(pdb.GetDocument(method.Document).Name);
                if (Room(path) is { } room)
                    rooms[Outermost(types, types.GetMethodDefinition(handle.ToDefinitionHandle()).GetDeclaringType())] = room;
            }

            // Types without any code have their file noted apart.
            foreach (CustomDebugInformation note in pdb.CustomDebugInformation.Select(pdb.GetCustomDebugInformation))
            {
                if (note.Parent.Kind != HandleKind.TypeDefinition || pdb.GetGuid(note.Kind) != TypeDefinitionDocuments)
                    continue;
                DocumentHandle document = MetadataTokens.DocumentHandle(pdb.GetBlobReader(note.Value).ReadCompressedInteger());
                if (Room(pdb.GetString(pdb.GetDocument(document).Name)) is { } room)
                    rooms[Outermost(types, (TypeDefinitionHandle)note.Parent)] = room;
            }

            return rooms;
        }
    }

    private static string? Room(string path)
    {
        // The library is compiled as if the repository lay in /_/, wherever it lies.
        string[] parts = path.Replace('\\', '/').Split('/');
        return parts is not ["", "_", "Fuse.MLNet", not ("obj" or "bin"), ..] ? null : parts.Length == 4 ? Root : parts[3];
    }

    private static string Outermost(MetadataReader reader, TypeDefinitionHandle handle)
    {
        while (reader.GetTypeDefinition(handle).GetDeclaringType() is { IsNil: false } outer)
            handle = outer;
        string name = reader.GetString(reader.GetTypeDefinition(handle).Name);
        return name.Split('`')[0];
    }

    /// <summary>Gets every pair of outermost types of the library of which one names the other: in bases, members, and method bodies.</summary>
    private static IEnumerable<(string User, string Used)> Uses()
    {
        Assembly library = typeof(FuseTrainer).Assembly;
        foreach (Type type in library.GetTypes())
        {
            string user = Name(type);
            if (type.Namespace != "Fuse.MLNet" && type.Namespace != "Microsoft.ML")
                continue;
            foreach (Type used in MembersOf(type).SelectMany(Parts).Where(used => used.Assembly == library && used.Namespace is "Fuse.MLNet" or "Microsoft.ML"))
                if (used.Assembly == library && Name(used) != user)
                    yield return (user, Name(used));
        }
    }

    private static string Name(Type type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type.Name.Split('`')[0];
    }

    private static IEnumerable<Type> MembersOf(Type type)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (type.BaseType is { } parent)
            yield return parent;
        foreach (Type contract in type.GetInterfaces())
            yield return contract;
        foreach (FieldInfo field in type.GetFields(All))
            yield return field.FieldType;
        foreach (MethodBase method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
        {
            if (method is MethodInfo { ReturnType: var result })
                yield return result;
            foreach (ParameterInfo parameter in method.GetParameters())
                yield return parameter.ParameterType;
            foreach (Type used in MethodBodies.TypesIn(method))
                yield return used;
        }
    }

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
            return Parts(type.GetElementType()!);
        return type.IsGenericParameter ? [] : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()) : [type];
    }
}
