namespace Fuse.MLNet.Tests;

/// <summary>Lists the backbones under test by the names of their cases.</summary>
internal static class Backbones
{
    private static readonly BackboneCrossAttentionTransformerEncoder CrossAttention = new()
    {
        EmbDim = 8,
        NumTokensA = 11,
        NumTokensB = 7,
        MaxSeqLenA = 6,
        MaxSeqLenB = 9,
        DepthA = 1,
        DepthB = 2,
        DepthCrossAttn = 2,
        HeadsA = 2,
        HeadsB = 3,
        DimHead = 4,
        HeadsCrossAttn = 2,
    };

    private static readonly BackboneTextEncoder Text = new() { NumTokens = 5, MaxSeqLen = 8, EmbDim = 8, Heads = 2, DimHead = 3 };

    public static readonly IReadOnlyDictionary<string, Network> All = new Dictionary<string, Network>(StringComparer.Ordinal)
    {
        ["mlp"] = new BackboneMultilayerPerceptron(),
        ["mlp_small"] = new BackboneMultilayerPerceptron { Layers = [5, 4], MlpInputSize = 6, ActivationLayer = ActivationLayer.ELU, DropoutRate = 0.1 },
        ["resnet18"] = new BackboneResnet(),
        ["resnet18_1ch_avg"] = new BackboneResnet { InChannels = 1, Pool = GlobalPooling.Average },
        ["resnet34_max"] = new BackboneResnet { Name = "resnet34", Pool = GlobalPooling.Max },
        ["resnet50"] = new BackboneResnet { Name = "resnet50" },
        ["r3d_18"] = new BackboneResnet3D(),
        ["r3d_18_1ch"] = new BackboneResnet3D { InChannels = 1 },
        ["resnet3d_small"] = new BackboneResnet3D { InChannels = 2, FirstChannelDim = 16, FirstStride = 2 },
        ["resnet3d_stem"] = new BackboneResnet3D
        {
            InChannels = 1,
            FirstChannelDim = 4,
            Layers = [1, 2, 1, 1],
            StemKernelSize = [1, 5, 3],
            StemStride = [1, 1, 2],
            Pool = GlobalPooling.Average,
        },
        ["unet3d"] = new BackboneUnet3D(),
        ["unet3d_for_cls"] = new BackboneUnet3D { ForClassification = true, ActivationLayer = ActivationLayer.ELU },
        ["unet3d_small"] = new BackboneUnet3D { InChannels = 2, FirstChannelDim = 4, Levels = 3, ActivationLayer = ActivationLayer.PReLU, NumClasses = 3 },
        ["unet2d_small"] = new BackboneUnet { InChannels = 2, FirstChannelDim = 6, Levels = 3, NumClasses = 2 },
        ["unet2d_deep"] = new BackboneUnet { FirstChannelDim = 4, Levels = 5, ActivationLayer = ActivationLayer.ELU },
        ["inception_0"] = new BackboneInceptionResnetV2 { LogicalUnitsNum = 0, InputChannelsNum = 1 },
        ["inception_10"] = new BackboneInceptionResnetV2 { LogicalUnitsNum = 10 },
        ["inception_11"] = new BackboneInceptionResnetV2 { LogicalUnitsNum = 11 },
        ["inception_14"] = new BackboneInceptionResnetV2(),
        ["inception_14_1088"] = new BackboneInceptionResnetV2 { IntraBlockCutLevel = 1088 },
        ["inception_32"] = new BackboneInceptionResnetV2 { LogicalUnitsNum = 32 },
        ["inception_43"] = new BackboneInceptionResnetV2 { LogicalUnitsNum = 43 },
        ["effi_unet_b0"] = new BackboneEfficientUnet(),
        ["effi_unet_b2"] = new BackboneEfficientUnet { EncoderName = "efficientnet-b2", InChannels = 1, Classes = 3, DecoderAttention = true, Activation = Activation.Sigmoid },
        ["effi_unet_b4"] = new BackboneEfficientUnet { EncoderName = "efficientnet-b4", DecoderUseBatchNorm = false },
        ["effi_unet_shallow"] = new BackboneEfficientUnet { EncoderDepth = 3, DecoderChannels = [24, 16, 8], InChannels = 2 },
        ["effi_unet_tiny"] = new BackboneEfficientUnet { EncoderDepth = 2, DecoderChannels = [16, 8], InChannels = 1, Classes = 2 },
        ["cross_attention"] = CrossAttention,
        ["cross_attention_seq_a"] = CrossAttention with { Context = CrossAttentionContext.SeqA, OutputDim = 5 },
        ["cross_attention_both"] = CrossAttention with { Context = CrossAttentionContext.Both, HeadsCrossAttn = 3, Dropout = 0.1 },
        ["cross_attention_padded"] = CrossAttention with { PaddingId = 1 },
        ["mvit"] = new BackboneMViT { InputDim = [4, 64, 96] },
        ["mvit_1ch"] = new BackboneMViT { InChannels = 1, InputDim = [6, 96, 32] },
        ["text_mean"] = Text,
        ["text_cls"] = Text with { Pool = TokenPooling.Cls, PaddingId = 2 },
        ["text_all"] = Text with { Pool = TokenPooling.None, PaddingId = -1 },
        ["transformer"] = new BackboneTransformer { NumTokens = 5, TokenDim = 12, Depth = 2, Heads = 3, MlpDim = 20, DimHead = 7, Dropout = 0.1, EmbDropout = 0.1, NumClsTokens = 2 },
        ["transformer_one_head"] = new BackboneTransformer { NumTokens = 4, TokenDim = 8, Depth = 1, Heads = 1, MlpDim = 16, DimHead = 8, NumClsTokens = 0 },
        ["vit_tiny"] = BackboneViT.Tiny with { Pool = TokenPooling.Cls },
        ["vit_small"] = BackboneViT.Small with { ImageShape = [32, 48], Pool = TokenPooling.Mean },
        ["vit_base_two_layers"] = BackboneViT.Base with { ImageShape = [32, 32], Depth = 2 },
        ["vit_3d"] = new BackboneViT { ImageShape = [4, 6, 8], PatchShape = [2, 3, 4], Channels = 2, TokenDim = 8, Depth = 2, Heads = 2, MlpDim = 16, DimHead = 5 },
        ["vit_1d_rest"] = new BackboneViT { ImageShape = [11], PatchShape = [4], Channels = 2, Strict = false, TokenDim = 8, Depth = 1, Heads = 2, MlpDim = 16, DimHead = 4, Pool = TokenPooling.Mean },
    };

    public static IEnumerable<object[]> Names => All.Keys.Select(name => new object[] { name });

    /// <summary>Lists those that are small enough to be trained in a test.</summary>
    public static IEnumerable<object[]> SmallNames => All.Keys.Where(name => BackboneCase.Of(name).Parameters < 100_000).Select(name => new object[] { name });

    /// <summary>Lists those that run twice in a moment.</summary>
    public static IEnumerable<object[]> MiddleNames => All.Keys.Where(name => BackboneCase.Of(name).Parameters < 3_000_000).Select(name => new object[] { name });

    /// <summary>Runs a module of one or two tensors.</summary>
    public static Tensor Call(nn.Module module, params Tensor[] inputs) => ModuleCall.Of(module, inputs.Length)(inputs)[0];
}
