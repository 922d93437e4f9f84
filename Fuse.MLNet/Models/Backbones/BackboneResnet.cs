using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes a residual network over images, without its classifier.</summary>
/// <remarks>
/// FuseMedML's <c>BackboneResnet</c>; He et al., "Deep Residual Learning for Image Recognition", 2015. <c>[N, InChannels, H, W]</c> to
/// <c>[N, C, H/32, W/32]</c> (rounded up), or <c>[N, C]</c> with <see cref="Pool"/>; C is 512, or 2048 of resnet50. Parameters have
/// torchvision's names, <c>layer1.0.conv1.weight</c>, without <c>fc</c>, so that weights from Python load by name, and first weights its
/// distribution, whatever the number of channels (FuseMedML sums the random kernels of three channels when there is one).
/// </remarks>
public sealed record BackboneResnet : Backbone
{
    /// <summary>Gets the size: <c>resnet18</c>, <c>resnet34</c> or <c>resnet50</c>. Default: <c>resnet18</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is another name.</exception>
    public string Name { get; init => field = BackboneOption.Name(value, ResnetModule.Sizes.Keys); } = "resnet18";

    /// <summary>Gets the number of channels of the images. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long InChannels { get; init => field = BackboneOption.Positive(value); } = 3;

    /// <summary>Gets how the feature maps become one vector a row, or null to leave them as maps. Default: null.</summary>
    public GlobalPooling? Pool { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override long FeatureCount => ResnetModule.Sizes[Name].IsBottleneck ? 2048 : 512;

    /// <inheritdoc/>
    public override nn.Module Build() => new ResnetModule(this);
}
