using System.Text.RegularExpressions;

namespace Fuse.MLNet.Tests;

/// <summary>Checks that every C# block of the documentation stands, word for word, in a test that runs it, and that links lead somewhere.</summary>
[TestClass]
public sealed partial class DocumentationTests
{
    private static readonly string[] Documents =
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md").Concat(Repository.Files(Repository.Library, "*.md")).Concat(Repository.Files(Path.Combine(Repository.Root, "examples"), "*.md"))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    /// <summary>Gets the files with tests: what is in one of them is compiled, and is run by the tests beside it.</summary>
    private static string[] TestSources =>
        [.. Repository.Files(Repository.Tests, "*.cs").Select(File.ReadAllText).Where(source => source.Contains("[TestMethod]", StringComparison.Ordinal)).Select(Words)];

    [TestMethod]
    public void EveryCSharpBlockIsInATest()
    {
        string[] sources = TestSources;
        var missing = new List<string>();
        int blocks = 0;
        foreach (string document in Documents)
        {
            string text = Read(document);
            foreach (Match block in CSharpBlock().Matches(text))
            {
                blocks++;
                if (PartMissingIn(sources, block.Groups["code"].Value) is { } part)
                    missing.Add($"{document}, line {text[..block.Index].Count(character => character == '\n') + 1}: {part}");
            }
        }

        Assert.IsGreaterThan(15, blocks, "The blocks were not found.");
        Assert.IsEmpty(missing, "Copy these blocks into a test of ScriptsTests.cs word for word (white space, using lines and a line '...' between two parts do not count):\n" + string.Join('\n', missing));
    }

    [TestMethod]
    [DataRow("var a = 1;", null, DisplayName = "verbatim")]
    [DataRow("using System;\n\nvar a = 1;\n...\nvar b =\n    a;\n", null, DisplayName = "with usings and two parts")]
    [DataRow("var a = 1;\nvar b = a;\n", "var a = 1; var b = a;", DisplayName = "in another order")]
    [DataRow("var a = 1;\n...\nvar b = 2;\n", "var b = 2;", DisplayName = "with another value")]
    public void ABlockThatIsInNoTestIsFound(string block, string? missing) =>
        Assert.AreEqual(missing, PartMissingIn([Words("    var a = 1;\n    M(a);\n"), Words("    var b = a;\n")], block));

    [TestMethod]
    public void LinksLeadToFilesAndHeadings()
    {
        var broken = new List<string>();
        foreach (string document in Documents)
        {
            foreach (Match link in Link().Matches(CodeBlock().Replace(Read(document), "")))
            {
                string[] target = link.Groups["target"].Value.Split('#', 2);
                if (target[0].StartsWith("http", StringComparison.Ordinal))
                    continue;
                // Outside the repository there is nothing to link to.
                string path = target[0].Length == 0 ? Path.Combine(Repository.Root, document) : Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, target[0]);
                bool found = target.Length == 1 ? Path.Exists(path) : File.Exists(path) && Headings(File.ReadAllText(path)).Contains(target[1]);
                if (!found || document == "Fuse.MLNet/PACKAGE.md")
                    broken.Add($"{document}: {link.Value}");
            }
        }

        Assert.IsEmpty(broken, string.Join('\n', broken));
    }

    private static string Read(string document) => File.ReadAllText(Path.Combine(Repository.Root, document)).ReplaceLineEndings("\n");

    /// <summary>Gets the first part of a block that is in no source.</summary>
    private static string? PartMissingIn(string[] sources, string block) => PartEnd().Split(UsingLine().Replace(block, "")).Select(Words)
        .FirstOrDefault(part => part.Length > 0 && !sources.Any(source => source.Contains(part, StringComparison.Ordinal)));

    private static string Words(string code) => WhiteSpace().Replace(code, " ").Trim();

    /// <summary>Gets the anchors of headings, as the usual viewers make them.</summary>
    private static IEnumerable<string> Headings(string text) => Heading().Matches(CodeBlock().Replace(text.ReplaceLineEndings("\n"), ""))
        .Select(heading => NoAnchorCharacter().Replace(heading.Groups["text"].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex("^```(csharp|cs|c#)\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("^\\.\\.\\.$", RegexOptions.Multiline)]
    private static partial Regex PartEnd();

    [GeneratedRegex("^using [\\w.]+;$", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex("\\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex("(?<!`)\\[[^\\]\n]+\\]\\((?<target>[^)\\s]+)\\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("[^\\w -]")]
    private static partial Regex NoAnchorCharacter();
}
