using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes a U-Net over images whose path down is an EfficientNet.</summary>
/// <remarks>
/// FuseMedML's <c>Effi_UNet</c>, after segmentation_models_pytorch and efficientnet_pytorch; Tan and Le, "EfficientNet", 2019. <c>[N,
/// InChannels, H, W]</c> to <c>[N, Classes, H, W]</c>, raw unless <see cref="Activation"/> is set; sides must be multiples of 32 (2 to the
/// depth). Parameters have its names, <c>encoder._blocks.0._bn1.weight</c> and <c>decoder.blocks.0.conv1.0.weight</c>. Other than
/// FuseMedML's, the default encoder exists, every activation counts, nothing is loaded from the network, and what the decoder does not
/// read (the classifier's convolution, <c>encoder._conv_head</c>, and blocks behind the depth) is left out.
/// </remarks>
public sealed record BackboneEfficientUnet : Backbone
{
    /// <summary>Gets the encoder: <c>efficientnet-b0</c> to <c>efficientnet-b7</c>. Default: <c>efficientnet-b0</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is another name.</exception>
    public string EncoderName { get; init => field = BackboneOption.Name(value, EfficientNetSize.All.Keys); } = "efficientnet-b0";

    /// <summary>Gets the number of times that the encoder halves the image. Default: 5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 2 to 5.</exception>
    public int EncoderDepth { get; init => field = BackboneOption.Between(value, 2, 5); } = 5;

    /// <summary>Gets the widths of the decoder's blocks, one for each halving. Default: <c>[256, 128, 64, 32, 16]</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not 2 to 5, or one is not positive.</exception>
    public ValueList<long> DecoderChannels { get; init => field = BackboneOption.Sizes(value, 2, 5); } = [256, 128, 64, 32, 16];

    /// <summary>Gets whether the decoder normalizes its batches. Default: yes.</summary>
    public bool DecoderUseBatchNorm { get; init; } = true;

    /// <summary>
    /// Gets whether the decoder weighs channels and places of its maps: Roy et al., "Concurrent Spatial and Channel Squeeze and
    /// Excitation", 2018; FuseMedML's <c>decoder_attention_type="scse"</c>. Default: no.
    /// </summary>
    public bool DecoderAttention { get; init; }

    /// <summary>Gets the number of channels of the images. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long InChannels { get; init => field = BackboneOption.Positive(value); } = 3;

    /// <summary>Gets the number of maps out. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long Classes { get; init => field = BackboneOption.Positive(value); } = 1;

    /// <summary>Gets the function over the maps out. Default: none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not one of the names.</exception>
    public Activation Activation { get; init => field = BackboneOption.Defined(value); }

    /// <inheritdoc/>
    [JsonIgnore]
    public override long FeatureCount => Classes;

    /// <summary>Builds the module.</summary>
    /// <exception cref="ArgumentException">There are not as many decoder widths as halvings.</exception>
    public override nn.Module Build() => DecoderChannels.Count == EncoderDepth ? new EfficientUnetModule(this)
        : throw MLNetErrors.Mark(new ArgumentException(
            $"{nameof(DecoderChannels)} has {DecoderChannels.Count} widths, {DecoderChannels}, where {nameof(EncoderDepth)} = {EncoderDepth} needs {EncoderDepth}, one for each halving."));
}
