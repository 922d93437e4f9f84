using Microsoft.ML;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class MLNetMembersTests
{
    [TestMethod]
    public void EveryMemberThatIsUsedIsThere() => Assert.IsNull(MLNetMembers.FindMissing(MLNetMembers.Required));

    [TestMethod]
    [DataRow("Microsoft.ML.ModelSaveContext", "Vanished")]
    [DataRow("Microsoft.ML.Vanished", "Save")]
    public void AMissingMemberIsNamedWithTheVersion(string type, string member)
    {
        string? text = MLNetMembers.FindMissing([.. MLNetMembers.Required, (typeof(ITransformer).Assembly, type, member)]);
        Assert.IsNotNull(text);
        Assert.Contains($"{type}.{member}", text);
        Assert.MatchesRegex(@"Microsoft\.ML\.Core 5\.\d+\.\d+", text);
    }

    [TestMethod]
    [DataRow("Microsoft.ML.Runtime.Contracts")]
    [DataRow("Contracts.")]
    [DataRow("ModelSaveContext")]
    [DataRow("ModelLoadContext")]
    [DataRow("VersionInfo(")]
    [DataRow("IHostEnvironmentInternal")]
    [DataRow("IDataTransform")]
    [DataRow("OnnxContext")]
    [DataRow("ITransformCanSaveOnnx")]
    [DataRow("LoadableClass")]
    [DataRow("IChannel")]
    [DataRow("SchemaShape.Create")]
    public void OnlyOneFolderUsesInternals(string name)
    {
        string[] users = [.. Sources().Where(path => File.ReadLines(path).Any(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && line.Contains(name, StringComparison.Ordinal)))];
        CollectionAssert.AreEqual(Array.Empty<string>(), users);
    }

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Repository.Library, "*.cs", SearchOption.AllDirectories)
        .Where(path => Path.GetRelativePath(Repository.Library, path).Split(Path.DirectorySeparatorChar)[0] is not ("MLNetInternals" or "bin" or "obj"));
}
