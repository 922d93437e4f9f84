namespace Fuse.MLNet;

/// <summary>Describes a U-Net over images.</summary>
/// <remarks>
/// Ronneberger et al., "U-Net", 2015, built as <see cref="BackboneUnet3D"/> with one dimension less: <c>[N, InChannels, H, W]</c> to
/// <c>[N, FirstChannelDim, H, W]</c>, with NumClasses to logits <c>[N, NumClasses, H, W]</c>, and with ForClassification to the last
/// level, <c>[N, 8 FirstChannelDim, H/8, W/8]</c> of four. Sides must be multiples of 8 (2 to the number of levels less one).
/// </remarks>
public sealed record BackboneUnet : UnetBackbone
{
    internal override int Dimensions => 2;
}
