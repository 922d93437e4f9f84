using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Tests that every internal member of ML.NET that the compiled library refers to is on the list that is checked at the start.</summary>
[TestClass]
public sealed class UsedMembersTests
{
    [TestMethod]
    public void EveryInternalMemberInUseIsOnTheList()
    {
        Assembly[] internals = [typeof(ITransformer).Assembly, typeof(MLContext).Assembly];
        using var file = new PEReader(File.OpenRead(typeof(FuseTrainer).Assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        var used = new List<string>();
        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference reference = metadata.GetMemberReference(handle);
            if (reference.Parent.Kind != HandleKind.TypeReference)
                continue;
            string type = NameOf(metadata, (TypeReferenceHandle)reference.Parent);
            string member = metadata.GetString(reference.Name);
            if (type.StartsWith("Microsoft.ML.", StringComparison.Ordinal) && internals.Select(assembly => assembly.GetType(type)).FirstOrDefault(found => found is not null) is { } found && !IsPublic(found, member))
                used.Add($"{found.Assembly.GetName().Name} {type} {member}");
        }
        string[] listed = [.. MLNetMembers.Required.Select(required => $"{required.Assembly.GetName().Name} {required.Type} {required.Member}")];
        string[] missing = [.. used.Distinct().Except(listed).Order()];
        Assert.IsEmpty(missing, string.Join('\n', missing));
    }

    private static bool IsPublic(Type type, string member)
    {
        if (!type.IsVisible)
            return false;
        MemberInfo[] found = type.GetMember(member, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static);
        return found.Length == 0 || found.Any(candidate => candidate switch
        {
            MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
            FieldInfo field => field.IsPublic || field.IsFamily,
            _ => true,
        });
    }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        TypeReference type = metadata.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{NameOf(metadata, (TypeReferenceHandle)type.ResolutionScope)}+{metadata.GetString(type.Name)}"
            : $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }
}
