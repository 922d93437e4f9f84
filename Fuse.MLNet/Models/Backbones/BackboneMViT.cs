using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes a multiscale vision transformer over videos or volumes, MViTv2-S, without its classifier.</summary>
/// <remarks>
/// FuseMedML's <c>BackboneMViT</c>; Li et al., "MViTv2", 2021. <c>[N, InChannels, ...InputDim]</c> to <c>[N, 768]</c>. Parameters have
/// torchvision's names, <c>blocks.0.attn.qkv.weight</c>, without FuseMedML's <c>model.</c> before them. Any number of channels is
/// built (FuseMedML ignores other numbers than 1 and 3). As in the original, the last block's relative positions and query filter
/// change only tokens that the output does not read, so they are never trained.
/// </remarks>
public sealed record BackboneMViT : Backbone
{
    /// <summary>Gets the number of channels in. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long InChannels { get; init => field = BackboneOption.Positive(value); } = 3;

    /// <summary>Gets depth, height and width: multiples of 2, 32 and 32. Default: <c>[16, 224, 224]</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not three, or one is not such a multiple.</exception>
    public ValueList<long> InputDim
    {
        get;
        init => field = BackboneOption.Sizes(value, 3, 3) is var sides && sides[0] % 2 == 0 && sides[1] % 32 == 0 && sides[2] % 32 == 0 ? sides
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(InputDim)} takes a depth, height and width that are multiples of 2, 32 and 32.");
    } = [16, 224, 224];

    /// <inheritdoc/>
    [JsonIgnore]
    public override long FeatureCount => 768;

    /// <inheritdoc/>
    public override nn.Module Build() => ModuleBuilder.Own(new MViTModule(this));
}
