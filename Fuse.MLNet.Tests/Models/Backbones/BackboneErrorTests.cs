namespace Fuse.MLNet.Tests;

/// <summary>Checks that options of backbones that cannot be are refused where they are set.</summary>
[TestClass]
public sealed class BackboneErrorTests : LeakCheckedTest
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
        ["odd features"] = (() => new BackboneUnet { FirstChannelDim = 3 }, "FirstChannelDim must be positive and even"),
        ["one level"] = (() => new BackboneUnet { Levels = 1 }, "Levels must be from 2 to 6"),
        ["no classes"] = (() => new BackboneUnet3D { NumClasses = 0 }, "NumClasses must be 1 or more"),
        ["no heads"] = (() => new BackboneViT { Heads = 0 }, "Heads must be 1 or more"),
        ["four sides"] = (() => new BackboneViT { ImageShape = [2, 2, 2, 2] }, "ImageShape takes 1 to 3 positive sizes"),
        ["too many units"] = (() => new BackboneInceptionResnetV2 { LogicalUnitsNum = 44 }, "LogicalUnitsNum must be from 0 to 43"),
        ["another cut"] = (() => new BackboneInceptionResnetV2 { IntraBlockCutLevel = 512 }, "IntraBlockCutLevel takes 384 or 1088"),
        ["an encoder that is none"] = (() => new BackboneEfficientUnet { EncoderName = "resnet34" }, "EncoderName does not take 'resnet34'. There are: 'efficientnet-b0'"),
        ["sides that do not shrink"] = (() => new BackboneMViT { InputDim = [16, 200, 224] }, "multiples of 2, 32 and 32"),
        ["a flat stem"] = (() => new BackboneResnet3D { StemStride = [1, 2] }, "StemStride takes 3 positive sizes"),
    };

    public static IEnumerable<object[]> Names => Wrong.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void AnOptionOutOfRangeIsNamed(string name) =>
        Assert.Contains(Wrong[name].Expected, Assert.Throws<ArgumentException>(() => Wrong[name].Make()).Message);

    [TestMethod]
    [DataRow(new long[] { 1, 1, 10, 8 }, "BackboneUnet of 3 levels takes sides that are multiples of 4, not [1, 1, 10, 8]")]
    [DataRow(new long[] { 1, 1, 8, 8, 8 }, "BackboneUnet takes images [N, C, H, W], not [1, 1, 8, 8, 8]")]
    public void SidesThatAUnetCannotHalveAreNamed(long[] shape, string expected)
    {
        using DisposeScope scope = NewDisposeScope();
        using nn.Module module = new BackboneUnet { FirstChannelDim = 2, Levels = 3 }.Build();
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Backbones.Call(module, zeros(shape))).Message);
    }

    [TestMethod]
    public void WhatDoesNotGoTogetherIsNamedWhenBuilding()
    {
        Assert.Contains("Patches of [16, 16] do not fill images of [30, 32]", Assert.Throws<ArgumentException>(() => (BackboneViT.Tiny with { ImageShape = [30, 32] }).Build()).Message);
        Assert.Contains("Patches of [16, 16] do not fill images of [32]", Assert.Throws<ArgumentException>(() => (BackboneViT.Tiny with { ImageShape = [32], Strict = false }).Build()).Message);
        Assert.Contains("DecoderChannels has 5 widths", Assert.Throws<ArgumentException>(() => new BackboneEfficientUnet { EncoderDepth = 3 }.Build()).Message);
        Assert.Contains("NumClsTokens is 0", Assert.Throws<ArgumentException>(() => (BackboneViT.Tiny with { NumClsTokens = 0, Pool = TokenPooling.Cls }).Build()).Message);
    }

    [TestMethod]
    public void ImagesThatAViTWasNotMadeForAreNamed()
    {
        using DisposeScope scope = NewDisposeScope();
        var small = new BackboneViT { ImageShape = [4, 4], PatchShape = [2, 2], TokenDim = 4, Depth = 1, Heads = 1, MlpDim = 4 };
        using nn.Module module = small.Build();
        Assert.Contains("BackboneViT takes images [N, 3, 4, 4], not [1, 3, 4, 6]", Assert.Throws<ArgumentException>(() => Backbones.Call(module, zeros(1, 3, 4, 6))).Message);
        using nn.Module tokens = new BackboneTransformer { NumTokens = 2, TokenDim = 4, Depth = 1, Heads = 1, MlpDim = 4 }.Build();
        Assert.Contains("BackboneTransformer takes tokens [N, 2, 4], not [1, 3, 4]", Assert.Throws<ArgumentException>(() => Backbones.Call(tokens, zeros(1, 3, 4))).Message);
    }

    [TestMethod]
    public void TooManyTokensAreNamedAndARowOfPaddingIsANumber()
    {
        using DisposeScope scope = NewDisposeScope();
        using nn.Module module = new BackboneTextEncoder { NumTokens = 5, MaxSeqLen = 4, EmbDim = 4, Heads = 1, DimHead = 4 }.Build();
        Assert.Contains("at most 4 tokens a row, not [1, 5]", Assert.Throws<ArgumentException>(() => Backbones.Call(module, zeros(1, 5))).Message);
        Assert.IsTrue(Backbones.Call(module, zeros(2, 4)).isfinite().all().IsTrue());
    }
}
