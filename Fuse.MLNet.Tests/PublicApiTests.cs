using PublicApiGenerator;

namespace Fuse.MLNet.Tests;

/// <summary>Compares the library's public surface with PublicApi.txt, so that no member comes, changes or goes unseen.</summary>
[TestClass]
public sealed class PublicApiTests
{
    private const string Write = "FUSE_WRITE_PUBLIC_API";

    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,
        // Microsoft.ML holds the extension methods.
        DenyNamespacePrefixes = ["System"],
        ExcludeAttributes =
        [
            "System.Text.Json.Serialization.JsonConverterAttribute", "System.Text.Json.Serialization.JsonIgnoreAttribute",
            "System.Text.Json.Serialization.JsonConstructorAttribute", "System.Text.Json.Serialization.JsonIncludeAttribute",
            // Written over several lines.
            "System.Runtime.CompilerServices.TupleElementNamesAttribute",
        ],
    };

    private static string FilePath => Path.Combine(Repository.Tests, "PublicApi.txt");

    [TestMethod]
    public void ThePublicSurfaceIsTheListedOne()
    {
        string[] actual = Lines(typeof(FuseTrainer).Assembly.GeneratePublicApi(Options));
        if (Environment.GetEnvironmentVariable(Write) == "1")
            File.WriteAllText(FilePath, string.Join('\n', actual) + "\n");
        (string[] gone, string[] come) = Difference(Lines(File.ReadAllText(FilePath)), actual);
        Assert.AreEqual("", string.Join('\n', gone.Select(line => "- " + line).Concat(come.Select(line => "+ " + line))),
            $"The public surface has changed. If that is meant, write the list anew, look at its difference, and name it in CHANGELOG.md:\n"
            + $"{Write}=1 dotnet run -c Release --project Fuse.MLNet.Tests -- --filter \"ClassName~PublicApiTests\"\n");
    }

    [TestMethod]
    public void ADifferenceNamesTheTypeOfEachLine()
    {
        string[] listed = ["namespace N", "{", "    public class A", "    {", "        public int X { get; }", "    }", "}"];
        string[] actual = ["namespace N", "{", "    public class A", "    {", "        public int Y { get; }", "    }", "    public class B", "    {", "    }", "}"];
        (string[] gone, string[] come) = Difference(listed, actual);
        CollectionAssert.AreEqual(new[] { "public class A: public int X { get; }" }, gone);
        CollectionAssert.AreEqual(new[] { "public class A: public int Y { get; }", "public class B" }, come);
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    private static (string[] Gone, string[] Come) Difference(string[] listed, string[] actual)
    {
        (List<string> before, List<string> after) = (Members(listed), Members(actual));
        return ([.. before.Except(after)], [.. after.Except(before)]);
    }

    /// <summary>Gets every declaration with the types around it, which are the lines before it that are less indented.</summary>
    private static List<string> Members(string[] lines)
    {
        var members = new List<string>();
        var around = new Stack<(int Indent, string Line)>();
        foreach (string line in lines.Where(line => line.Trim() is not ("{" or "}")))
        {
            int indent = line.Length - line.TrimStart().Length;
            while (around.TryPeek(out var outer) && outer.Indent >= indent)
                around.Pop();
            members.Add(string.Join(": ", around.Reverse().Skip(1).Select(outer => outer.Line).Append(line.Trim())));
            around.Push((indent, line.Trim()));
        }

        return members;
    }
}
