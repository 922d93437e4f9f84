namespace Fuse.MLNet;

/// <summary>Describes a U-Net over volumes.</summary>
/// <remarks>
/// FuseMedML's <c>UNet3D</c>; Zhou et al., "Models Genesis", 2019; Çiçek et al., "3D U-Net", 2016. <c>[N, InChannels, D, H, W]</c> to
/// <c>[N, FirstChannelDim, D, H, W]</c>, with NumClasses to logits <c>[N, NumClasses, D, H, W]</c>, and with ForClassification to the last
/// level, <c>[N, 8 FirstChannelDim, D/8, H/8, W/8]</c> of four. Sides must be multiples of 8 (2 to the number of levels less one).
/// Parameters have the original's names, <c>down_tr64.ops.0.conv1.weight</c>, where 64 stands for the first level whatever its width, and
/// <c>out_tr.final_conv</c>. Other than FuseMedML's, batch normalization stands still in evaluation, and classes and channels are used.
/// </remarks>
public sealed record BackboneUnet3D : UnetBackbone
{
    internal override int Dimensions => 3;
}
