using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes a U-Net: a path down that halves and widens, and a path up that joins each level of the first.</summary>
/// <remarks>See <see cref="BackboneUnet"/> for images and <see cref="BackboneUnet3D"/> for volumes.</remarks>
public abstract record UnetBackbone : Backbone
{
    private protected UnetBackbone()
    {
    }

    /// <summary>Gets the number of channels in. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long InChannels { get; init => field = BackboneOption.Positive(value); } = 1;

    /// <summary>Gets the number of features of the first level, an even number; each further one doubles it. Default: 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive, or odd.</exception>
    public long FirstChannelDim { get; init => field = BackboneOption.Even(value); } = 64;

    /// <summary>Gets the number of levels; each but the last halves every side. Default: 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 2 to 6.</exception>
    public int Levels { get; init => field = BackboneOption.Between(value, 2, 6); } = 4;

    /// <summary>Gets the function behind each convolution. Default: ReLU.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not one of the names.</exception>
    public ActivationLayer ActivationLayer { get; init => field = BackboneOption.Defined(value); }

    /// <summary>Gets whether there is the path down only, whose last level is the output, for classification. Default: no.</summary>
    public bool ForClassification { get; init; }

    /// <summary>Gets the number of classes whose logits a last 1 x 1 convolution makes, or null to give the features. Default: null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long? NumClasses { get; init => field = value is { } classes ? BackboneOption.Positive(classes) : null; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override long FeatureCount => NumClasses ?? (ForClassification ? FirstChannelDim << (Levels - 1) : FirstChannelDim);

    /// <summary>Gets the number of dimensions of an image.</summary>
    [JsonIgnore]
    internal abstract int Dimensions { get; }

    /// <inheritdoc/>
    public override nn.Module Build() => new UnetModule(this);
}
