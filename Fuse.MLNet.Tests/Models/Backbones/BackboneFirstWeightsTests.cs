namespace Fuse.MLNet.Tests;

/// <summary>Checks that first weights are drawn from the originals' distributions.</summary>
[TestClass]
public sealed class BackboneFirstWeightsTests : LeakCheckedTest
{
    [TestMethod]
    public void ResnetsDrawConvolutionsByTheirOutputs()
    {
        // He et al., "Delving Deep into Rectifiers", 2015: a variance of two over the weights behind each output.
        Check(new BackboneResnet { InChannels = 1 }, "layer2.0.conv1.weight", Math.Sqrt(2.0 / (128 * 9)));
        Check(new BackboneResnet { InChannels = 1 }, "conv1.weight", Math.Sqrt(2.0 / (64 * 49)));
        Check(new BackboneResnet3D { InChannels = 5, FirstChannelDim = 16 }, "stem.0.weight", Math.Sqrt(2.0 / (16 * 3 * 49)));
    }

    [TestMethod]
    public void TheDecoderDrawsConvolutionsByTheirInputs() =>
        Check(new BackboneEfficientUnet { EncoderDepth = 2, DecoderChannels = [32, 16] }, "decoder.blocks.1.conv2.0.weight", Math.Sqrt(2.0 / (16 * 9)));

    [TestMethod]
    public void TheMultiscaleTransformerDrawsSmallMatricesAndZeroBiases()
    {
        var mvit = new BackboneMViT { InputDim = [4, 32, 32] };
        Check(mvit, "blocks.3.mlp.0.weight", 0.02);
        Check(mvit, "blocks.2.attn.rel_pos_h", 0.02);
        Check(mvit, "blocks.3.attn.qkv.bias", 0);
    }

    private static void Check(Network network, string name, double deviation)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(1);
        using nn.Module module = network.Build();
        TorchSharp.Modules.Parameter weights = module.named_parameters().Single(pair => pair.name == name).parameter;
        double measured = weights.square().mean().sqrt().Number();
        Assert.AreEqual(deviation, measured, (5 * deviation / Math.Sqrt(weights.numel())) + 1e-12, name);
    }
}
