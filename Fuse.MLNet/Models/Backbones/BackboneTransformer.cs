using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes a transformer encoder over tokens that are vectors, with learned positions and class tokens before them.</summary>
/// <remarks>
/// FuseMedML's <c>Transformer</c> over vit_pytorch's; Dosovitskiy et al., "An Image is Worth 16x16 Words", 2020. <c>[N, NumTokens,
/// TokenDim]</c> to <c>[N, NumClsTokens + NumTokens, TokenDim]</c>, the class tokens first. Parameters have its names,
/// <c>transformer.layers.0.0.to_qkv.weight</c>.
/// </remarks>
public sealed record BackboneTransformer : Backbone
{
    /// <summary>Gets the number of tokens in.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public required long NumTokens { get; init => field = BackboneOption.Positive(value); }

    /// <summary>Gets the size of a token.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public required long TokenDim { get; init => field = BackboneOption.Positive(value); }

    /// <summary>Gets the number of layers, each attention and two linear maps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public required int Depth { get; init => field = BackboneOption.Positive(value); }

    /// <summary>Gets the number of attention heads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public required long Heads { get; init => field = BackboneOption.Positive(value); }

    /// <summary>Gets the width between the two linear maps of a layer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public required long MlpDim { get; init => field = BackboneOption.Positive(value); }

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

    /// <summary>Gets <see cref="TokenDim"/>, the last dimension of the output.</summary>
    [JsonIgnore]
    public override long FeatureCount => TokenDim;

    /// <inheritdoc/>
    public override nn.Module Build() => ModuleBuilder.Own(new TransformerModule(this));
}
