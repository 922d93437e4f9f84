using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes a vision transformer: an image of 1, 2 or 3 dimensions is cut into patches, and these are the tokens of a transformer.</summary>
/// <remarks>
/// FuseMedML's <c>ViT</c>, <c>vit_tiny</c>, <c>vit_small</c> and <c>vit_base</c>; Dosovitskiy et al., "An Image is Worth 16x16 Words", 2020.
/// <c>[N, Channels, ...ImageShape]</c> to <c>[N, NumClsTokens + patches, TokenDim]</c>, or <c>[N, TokenDim]</c> with <see cref="Pool"/>.
/// The defaults are <see cref="Tiny"/>. Parameters have its names, <c>projection_layer.proj_layer.weight</c> and
/// <c>transformer.pos_embedding</c>.
/// </remarks>
public sealed record BackboneViT : Backbone
{
    /// <summary>Gets the smallest usual size: tokens of 192, 3 heads; change its images by <c>with</c>.</summary>
    public static BackboneViT Tiny { get; } = new();

    /// <summary>Gets the middle size: tokens of 384, 6 heads.</summary>
    public static BackboneViT Small { get; } = new() { TokenDim = 384, Heads = 6, MlpDim = 4 * 384 };

    /// <summary>Gets the size of the paper's ViT-Base: tokens of 768, 12 heads.</summary>
    public static BackboneViT Base { get; } = new() { TokenDim = 768, Heads = 12, MlpDim = 4 * 768 };

    /// <summary>Gets the sides of an image: <c>[L]</c>, <c>[H, W]</c> or <c>[D, H, W]</c>. Default: <c>[224, 224]</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not 1 to 3 positive sides.</exception>
    public ValueList<long> ImageShape { get; init => field = BackboneOption.Sizes(value, 1, 3); } = [224, 224];

    /// <summary>Gets the sides of a patch, as many as those of an image. Default: <c>[16, 16]</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not 1 to 3 positive sides.</exception>
    public ValueList<long> PatchShape { get; init => field = BackboneOption.Sizes(value, 1, 3); } = [16, 16];

    /// <summary>Gets the number of channels of an image. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long Channels { get; init => field = BackboneOption.Positive(value); } = 3;

    /// <summary>Gets whether patches must fill the image; if not, what is left over at the ends is not seen. Default: yes.</summary>
    public bool Strict { get; init; } = true;

    /// <summary>Gets the size of a token. Default: 192.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long TokenDim { get; init => field = BackboneOption.Positive(value); } = 192;

    /// <summary>Gets the number of layers. Default: 12.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int Depth { get; init => field = BackboneOption.Positive(value); } = 12;

    /// <summary>Gets the number of attention heads. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long Heads { get; init => field = BackboneOption.Positive(value); } = 3;

    /// <summary>Gets the width between the two linear maps of a layer. Default: 768, four tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long MlpDim { get; init => field = BackboneOption.Positive(value); } = 768;

    /// <summary>Gets the size of an attention head. Default: 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long DimHead { get; init => field = BackboneOption.Positive(value); } = 64;

    /// <summary>Gets the probability of dropout in the layers, below 1. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or 1 or more.</exception>
    public double Dropout { get; init => field = BackboneOption.Probability(value); }

    /// <summary>Gets the probability of dropout before the first layer, below 1. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or 1 or more.</exception>
    public double EmbDropout { get; init => field = BackboneOption.Probability(value); }

    /// <summary>Gets the number of class tokens. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public long NumClsTokens { get; init => field = BackboneOption.NotNegative(value); } = 1;

    /// <summary>Gets which tokens are the output; the mean is over class tokens and patches. Default: all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not one of the names.</exception>
    public TokenPooling Pool { get; init => field = BackboneOption.Defined(value); }

    /// <summary>Gets <see cref="TokenDim"/>, the last dimension of the output.</summary>
    [JsonIgnore]
    public override long FeatureCount => TokenDim;

    /// <summary>Builds the module.</summary>
    /// <exception cref="ArgumentException">Patches do not fit the images, or the class token that is to be the output does not exist.</exception>
    public override nn.Module Build()
    {
        if (ImageShape.Count != PatchShape.Count || ImageShape.Zip(PatchShape).Any(side => side.First < side.Second || (Strict && side.First % side.Second != 0)))
            throw MLNetErrors.Mark(new ArgumentException(
                $"Patches of {PatchShape} do not fill images of {ImageShape}. Give both as many sides, each of the image a multiple of the patch's" +
                (Strict ? $", or set {nameof(Strict)} = false to leave out what is over." : ".")));
        if (Pool == TokenPooling.Cls && NumClsTokens == 0)
            throw MLNetErrors.Mark(new ArgumentException($"{nameof(Pool)} takes the class token, but {nameof(NumClsTokens)} is 0."));
        return ModuleBuilder.Own(new ViTModule(this));
    }
}
