namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class GlobPatternTests
{
    [TestMethod]
    [DataRow("*", "backbone.conv1.weight", true)]
    [DataRow("*", "", true)]
    [DataRow("", "", true)]
    [DataRow("", "a", false)]
    [DataRow("backbone.*", "backbone.conv1.weight", true)]
    [DataRow("backbone.*", "backbone", false)]
    [DataRow("backbone.*", "my.backbone.weight", false)]
    [DataRow("*.bias", "head.bias", true)]
    [DataRow("*.bias", "head.bias.scale", false)]
    [DataRow("*.bias", "bias", false)]
    [DataRow("*bias", "bias", true)]
    [DataRow("layer?.weight", "layer1.weight", true)]
    [DataRow("layer?.weight", "layer12.weight", false)]
    [DataRow("layer?.weight", "layer.weight", false)]
    [DataRow("layer??.*", "layer12.weight", true)]
    [DataRow("*conv*.weight", "b.conv1.bn.conv2.weight", true)]
    [DataRow("*conv*.weight", "b.conv1.bn.conv2.bias", false)]
    [DataRow("a*b*c", "aXbXbc", true)]
    [DataRow("a*b*c", "aXcXb", false)]
    [DataRow("**.weight", "a.weight", true)]
    [DataRow("weight*", "weight", true)]
    [DataRow("weight?", "weight", false)]
    [DataRow("Weight", "weight", false)]
    [DataRow("a.b", "a+b", false)]
    [DataRow("[ab]", "a", false)]
    public void APatternMatchesTheWholeName(string pattern, string name, bool expected) => Assert.AreEqual(expected, GlobPattern.Matches(pattern, name));

    [TestMethod]
    public void ManyStarsTakeNoTime() =>
        Assert.IsFalse(GlobPattern.Matches(string.Concat(Enumerable.Repeat("a*", 40)) + "b", new string('a', 5000)));

    [TestMethod]
    public void APatternWithoutAMatchIsNamedWithNearNames()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => GlobPattern.Check(["*.weight", "head.bais"], ["head.weight", "head.bias"], "Groups"));
        Assert.Contains("'head.bais' of Groups matches no parameter", error.Message);
        Assert.Contains("Did you mean 'head.bias'", error.Message);
    }
}
