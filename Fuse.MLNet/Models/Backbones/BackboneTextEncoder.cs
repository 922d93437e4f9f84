using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes a small transformer encoder over token ids, such as those of <c>Microsoft.ML.Tokenizers</c>.</summary>
/// <remarks>
/// x_transformers' encoder (1.16), as in <see cref="BackboneCrossAttentionTransformerEncoder"/>; Vaswani et al., "Attention Is All You Need",
/// 2017. Ids <c>[N, T]</c>, of any numeric type and filled up by <see cref="PaddingId"/>, to <c>[N, EmbDim]</c>, or
/// <c>[N, T, EmbDim]</c> without pooling. Parameters have its names, <c>attn_layers.layers.0.1.to_q.weight</c>.
/// </remarks>
public sealed record BackboneTextEncoder : Backbone
{
    /// <summary>Gets the number of different ids, from 0: the size of the tokenizer's vocabulary.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public required long NumTokens { get; init => field = BackboneOption.Positive(value); }

    /// <summary>Gets the greatest number of ids in a row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public required long MaxSeqLen { get; init => field = BackboneOption.Positive(value); }

    /// <summary>Gets the size of a token inside and out. Default: 128.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long EmbDim { get; init => field = BackboneOption.Positive(value); } = 128;

    /// <summary>Gets the number of layers. Default: 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int Depth { get; init => field = BackboneOption.Positive(value); } = 2;

    /// <summary>Gets the number of heads. Default: 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long Heads { get; init => field = BackboneOption.Positive(value); } = 4;

    /// <summary>Gets the size of a head. Default: 32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long DimHead { get; init => field = BackboneOption.Positive(value); } = 32;

    /// <summary>Gets the probability of dropout, below 1. Default: 0.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or 1 or more.</exception>
    public double Dropout { get; init => field = BackboneOption.Probability(value); } = 0.1;

    /// <summary>Gets the id that fills rows up, to which nothing attends and which no mean counts; -1 when every id counts. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below -1.</exception>
    public long PaddingId { get; init => field = BackboneOption.AtLeast(value, -1); }

    /// <summary>Gets which tokens are the output. Default: the mean of those that are not padding.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not one of the names.</exception>
    public TokenPooling Pool { get; init => field = BackboneOption.Defined(value); } = TokenPooling.Mean;

    /// <summary>Gets <see cref="EmbDim"/>, the last dimension of the output.</summary>
    [JsonIgnore]
    public override long FeatureCount => EmbDim;

    /// <inheritdoc/>
    public override nn.Module Build() => new TextEncoderModule(this);
}
