using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes an encoder of two sequences of token ids, of which one attends to the other, or each to the other.</summary>
/// <remarks>
/// FuseMedML's <c>CrossAttentionTransformerEncoder</c> over x_transformers (1.16); Vaswani et al., "Attention Is All You Need", 2017. Ids
/// <c>[N, A]</c> and <c>[N, B]</c>, of any numeric type, to <c>[N, L, OutputDim]</c>: L is the length of the sequence that attends, or A + B. Parameters
/// have its names, <c>enc_a.attn_layers.layers.0.1.to_q.weight</c>, without the logits that nothing reads. Other than in FuseMedML,
/// padding can be left out by <see cref="PaddingId"/>. A network of two inputs.
/// </remarks>
public sealed record BackboneCrossAttentionTransformerEncoder : Backbone
{
    /// <summary>Gets the size of a token inside.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public required long EmbDim { get; init => field = BackboneOption.Positive(value); }

    /// <summary>Gets the number of different ids of the first sequence, from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public required long NumTokensA { get; init => field = BackboneOption.Positive(value); }

    /// <summary>Gets the number of different ids of the second sequence, from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public required long NumTokensB { get; init => field = BackboneOption.Positive(value); }

    /// <summary>Gets the greatest length of the first sequence.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public required long MaxSeqLenA { get; init => field = BackboneOption.Positive(value); }

    /// <summary>Gets the greatest length of the second sequence.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public required long MaxSeqLenB { get; init => field = BackboneOption.Positive(value); }

    /// <summary>Gets the number of layers over the first sequence. Default: 6.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int DepthA { get; init => field = BackboneOption.Positive(value); } = 6;

    /// <summary>Gets the number of layers over the second sequence. Default: 6.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int DepthB { get; init => field = BackboneOption.Positive(value); } = 6;

    /// <summary>Gets the number of layers from one sequence to the other. Default: 6.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int DepthCrossAttn { get; init => field = BackboneOption.Positive(value); } = 6;

    /// <summary>Gets the number of heads over the first sequence. Default: 9.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long HeadsA { get; init => field = BackboneOption.Positive(value); } = 9;

    /// <summary>Gets the number of heads over the second sequence. Default: 9.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long HeadsB { get; init => field = BackboneOption.Positive(value); } = 9;

    /// <summary>Gets the number of heads from one sequence to the other. Default: 8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long HeadsCrossAttn { get; init => field = BackboneOption.Positive(value); } = 8;

    /// <summary>Gets the size of a head. Default: 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long DimHead { get; init => field = BackboneOption.Positive(value); } = 64;

    /// <summary>Gets the size of a token out; null for <see cref="EmbDim"/>. Default: null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long? OutputDim { get; init => field = value is { } size ? BackboneOption.Positive(size) : null; }

    /// <summary>Gets the sequence that is attended to. Default: the second.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not one of the names.</exception>
    public CrossAttentionContext Context { get; init => field = BackboneOption.Defined(value); }

    /// <summary>Gets the probability of dropout, below 1. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or 1 or more.</exception>
    public double Dropout { get; init => field = BackboneOption.Probability(value); }

    /// <summary>Gets the id, in both sequences, that nothing attends to; null when every id counts. Default: null.</summary>
    public long? PaddingId { get; init; }

    /// <summary>Gets the size of a token out, the last dimension of the output.</summary>
    [JsonIgnore]
    public override long FeatureCount => OutputDim ?? EmbDim;

    /// <inheritdoc/>
    public override nn.Module Build() => new CrossAttentionModule(this);
}
