using System.Text.RegularExpressions;

namespace Fuse.MLNet.Tests;

/// <summary>Checks that what reaches below safe, public .NET is listed in docs/supply-chain.md, and that every project has a lock file.</summary>
[TestClass]
public sealed partial class SupplyChainTests
{
    [TestMethod]
    public void WhatReachesBelowSafeCodeIsListed()
    {
        string[] listed = [.. Row().Matches(File.ReadAllText(Path.Combine(Repository.Library, "docs", "supply-chain.md")))
            .Select(row => $"{row.Groups["file"].Value}: {string.Join(", ", Word().Matches(row.Groups["what"].Value).Select(word => word.Groups["word"].Value).Order(StringComparer.Ordinal))}").Order(StringComparer.Ordinal)];
        string[] found = [.. Repository.Files(Repository.Library, "*.cs").Select(path => (Path: path, Uses: Uses(File.ReadAllText(path)))).Where(file => file.Uses.Length > 0)
            .Select(file => $"{Path.GetRelativePath(Repository.Library, file.Path).Replace('\\', '/')}: {string.Join(", ", file.Uses)}").Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(found, listed, $"found:\n{string.Join('\n', found)}\nlisted:\n{string.Join('\n', listed)}");
    }

    [TestMethod]
    [DataRow("unsafe void F(int* p) { }", "unsafe")]
    [DataRow("delegate* unmanaged<int> f;", "delegate*")]
    [DataRow("Unsafe.As<A>(b); MemoryMarshal.Cast<byte, int>(c);", "MemoryMarshal, Unsafe")]
    [DataRow("// unsafe in a comment, and names[\"unsafe_chunk\"]", "")]
    public void EachWayIsFound(string code, string expected) => Assert.AreEqual(expected, string.Join(", ", Uses(code)));

    [TestMethod]
    public void NoProjectOfTheLibraryAllowsUnsafeBlocks() => Assert.IsFalse(Repository.Files(Repository.Library, "*.*proj").Concat(Directory.GetFiles(Repository.Root, "*.props"))
        .Any(path => File.ReadAllText(path).Contains("<AllowUnsafeBlocks>true", StringComparison.Ordinal)));

    [TestMethod]
    public void EveryProjectHasALockFile() => Assert.IsEmpty(File.ReadLines(Path.Combine(Repository.Root, "Fuse.MLNet.sln")).Select(line => Project().Match(line)).Where(match => match.Success)
        .Select(match => Path.Combine(Repository.Root, match.Groups["path"].Value.Replace('\\', Path.DirectorySeparatorChar)))
        // The template is a project of the user's, who decides himself.
        .Where(path => !path.EndsWith("WalkthroughTemplate.csproj", StringComparison.Ordinal) && !File.Exists(Path.Combine(Path.GetDirectoryName(path)!, "packages.lock.json"))).ToArray());

    private static string[] Uses(string source) => [.. Use().Matches(Comment().Replace(source, "")).Select(use => use.Groups["word"].Value).Distinct().Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"(?<![\w""])(?<word>unsafe|delegate\*|Unsafe(?=\.)|MemoryMarshal(?=\.)|CollectionsMarshal(?=\.)|Marshal(?=\.(?!GetDelegate))|NativeLibrary(?=\.)|UnsafeAccessor(?=\()|GetDelegateForFunctionPointer|IgnoresAccessChecksTo(?=\(|Attribute))(?![\w*])|(?<word>IgnoresAccessChecksTo)(?=Attribute)")]
    private static partial Regex Use();

    [GeneratedRegex(@"//.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\| `(?<file>[\w/]+\.cs)` \| (?<what>[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<word>[^`]+)`")]
    private static partial Regex Word();

    [GeneratedRegex(@"= ""[^""]+"", ""(?<path>[^""]+\.csproj)""")]
    private static partial Regex Project();
}
