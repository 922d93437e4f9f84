using System.Text.Json;
using System.Xml.Linq;

namespace Fuse.MLNet.Tests;

/// <summary>Checks that what the template writes fits this repository; that it builds and runs is a step of the continuous integration.</summary>
[TestClass]
public sealed class TemplateTests
{
    private static string Root => Path.GetFullPath(Path.Combine(Repository.Tests, ".."));

    private static string Template => Path.Combine(Root, "examples", "Template");

    [TestMethod]
    public void TheDefaultVersionIsTheLibrarys()
    {
        using JsonDocument template = JsonDocument.Parse(File.ReadAllText(Path.Combine(Template, ".template.config", "template.json")));
        string? version = template.RootElement.GetProperty("symbols").GetProperty("FuseVersion").GetProperty("defaultValue").GetString();
        Assert.AreEqual(XDocument.Load(Path.Combine(Root, "Directory.Build.props")).Descendants("Version").Single().Value, version);
    }

    [TestMethod]
    public void EveryPackageOfTheProjectHasAVersionAndLibtorchsIsTheRepositorys()
    {
        Dictionary<string, string> versions = XDocument.Load(Path.Combine(Template, "generated", "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value);
        string[] referenced = [.. XDocument.Load(Path.Combine(Template, "WalkthroughTemplate.csproj")).Descendants("PackageReference").Select(package => package.Attribute("Include")!.Value)];
        CollectionAssert.AreEquivalent(referenced, versions.Keys);
        string libtorch = XDocument.Load(Path.Combine(Root, "Directory.Packages.props")).Descendants("LibTorchVersion").Single().Value;
        foreach (string package in referenced.Where(package => package.StartsWith("libtorch", StringComparison.Ordinal)))
            Assert.AreEqual(libtorch, versions[package], package);
    }
}
