using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes a residual network over volumes or videos, without its classifier.</summary>
/// <remarks>
/// FuseMedML's <c>BackboneResnet3D</c>; Tran et al., "A Closer Look at Spatiotemporal Convolutions for Action Recognition", 2018. The
/// defaults are torchvision's <c>r3d_18</c>: <c>[N, InChannels, D, H, W]</c> to <c>[N, C, D/8, H/16, W/16]</c> (rounded up), or
/// <c>[N, C]</c> with <see cref="Pool"/>; C is 8 times <see cref="FirstChannelDim"/>. Parameters have torchvision's names,
/// <c>layer1.0.conv1.0.weight</c>, without <c>fc</c>, and first weights its distribution, whatever the number of channels (FuseMedML's
/// differ then).
/// </remarks>
public sealed record BackboneResnet3D : Backbone
{
    /// <summary>Gets the number of channels of the volumes. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long InChannels { get; init => field = BackboneOption.Positive(value); } = 3;

    /// <summary>Gets how the feature maps become one vector a row, or null to leave them as maps. Default: null.</summary>
    public GlobalPooling? Pool { get; init; }

    /// <summary>Gets the number of residual blocks in each of the four layers. Default: <c>[2, 2, 2, 2]</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not four, or one is not positive.</exception>
    public ValueList<long> Layers { get; init => field = BackboneOption.Sizes(value, 4, 4); } = [2, 2, 2, 2];

    /// <summary>Gets the number of channels of the first layer; each further one doubles it. Default: 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long FirstChannelDim { get; init => field = BackboneOption.Positive(value); } = 64;

    /// <summary>Gets the stride of the first layer, in every axis; 2 halves the volume. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long FirstStride { get; init => field = BackboneOption.Positive(value); } = 1;

    /// <summary>Gets the size of the stem's kernel in depth, height and width. Default: <c>[3, 7, 7]</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not three sizes, or one is not positive.</exception>
    public ValueList<long> StemKernelSize { get; init => field = BackboneOption.Sizes(value, 3, 3); } = [3, 7, 7];

    /// <summary>Gets the stride of the stem in depth, height and width. Default: <c>[1, 2, 2]</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not three strides, or one is not positive.</exception>
    public ValueList<long> StemStride { get; init => field = BackboneOption.Sizes(value, 3, 3); } = [1, 2, 2];

    /// <inheritdoc/>
    [JsonIgnore]
    public override long FeatureCount => 8 * FirstChannelDim;

    /// <inheritdoc/>
    public override nn.Module Build() => new Resnet3DModule(this);
}
