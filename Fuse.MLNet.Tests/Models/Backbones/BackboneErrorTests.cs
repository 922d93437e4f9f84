namespace Fuse.MLNet.Tests;

/// <summary>Checks that options of backbones that cannot be are refused where they are set.</summary>
[TestClass]
public sealed class BackboneErrorTests
{
    private static readonly Dictionary<string, (Func<Network> Make, string Expected)> Wrong = new(StringComparer.Ordinal)
    {
        ["an unknown size"] = (() => new BackboneResnet { Name = "resnet81" }, "Name does not take 'resnet81'. Did you mean 'resnet18'"),
        ["no channels"] = (() => new BackboneResnet { InChannels = 0 }, "InChannels must be 1 or more"),
        ["no layers"] = (() => new BackboneMultilayerPerceptron { Layers = [] }, "Layers takes 1 or more positive sizes"),
        ["a layer of nothing"] = (() => new BackboneMultilayerPerceptron { Layers = [4, 0] }, "Layers takes 1 or more positive sizes"),
        ["an activation out of the list"] = (() => new BackboneMultilayerPerceptron { ActivationLayer = (ActivationLayer)99 }, "ActivationLayer takes ReLU, PReLU"),
        ["dropout of all"] = (() => new BackboneMultilayerPerceptron { DropoutRate = 1 }, "DropoutRate must be 0 or more and below 1"),
        ["three layers of four"] = (() => new BackboneResnet3D { Layers = [1, 1, 1] }, "Layers takes 4 positive sizes"),
        ["a flat stem"] = (() => new BackboneResnet3D { StemStride = [1, 2] }, "StemStride takes 3 positive sizes"),
    };

    public static IEnumerable<object[]> Names => Wrong.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void AnOptionOutOfRangeIsNamed(string name) =>
        Assert.Contains(Wrong[name].Expected, Assert.Throws<ArgumentException>(() => Wrong[name].Make()).Message);
}
