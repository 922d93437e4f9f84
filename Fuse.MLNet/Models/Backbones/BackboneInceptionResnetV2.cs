using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes Inception-ResNet v2 over images, cut behind a wanted number of its units.</summary>
/// <remarks>
/// FuseMedML's <c>BackboneInceptionResnetV2</c>; Szegedy et al., "Inception-v4, Inception-ResNet and the Impact of Residual Connections on
/// Learning", 2016. <c>[N, InputChannelsNum, H, W]</c>, sides of at least 75, to <c>[N, FeatureCount, H', W']</c>; of 299 x 299: 35 x 35 up to unit
/// 10, 17 x 17 from unit 11 (the default: <c>[N, 384, 17, 17]</c>), 8 x 8 from unit 32. Parameters have the original's names,
/// <c>mixed_5b.branch0.conv.weight</c>. Other than FuseMedML's, nothing is loaded from the network, and the last convolution of a block
/// cut before it is left out, because it would never be trained: 418,880 parameters less at the default.
/// </remarks>
public sealed record BackboneInceptionResnetV2 : Backbone
{
    /// <summary>
    /// Gets the number of units behind the stem: 1 to 10 small residual blocks, 11 a reduction, 12 to 31 middle blocks, 32 a reduction, 33
    /// to 41 large blocks, 42 a large block without activation, 43 the last convolution. Default: 14.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 43.</exception>
    public int LogicalUnitsNum { get; init => field = BackboneOption.Between(value, 0, 43); } = 14;

    /// <summary>
    /// Gets where the last block is cut when it is a middle one (12 to 31 units): 384 before its last convolution, 1088 before its
    /// activation. Default: 384.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is another number.</exception>
    public int IntraBlockCutLevel
    {
        get;
        init => field = value is 384 or 1088 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(IntraBlockCutLevel)} takes 384 or 1088.");
    } = 384;

    /// <summary>Gets the number of channels of the images. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long InputChannelsNum { get; init => field = BackboneOption.Positive(value); } = 3;

    /// <inheritdoc/>
    [JsonIgnore]
    public override long FeatureCount => LogicalUnitsNum switch
    {
        < 11 => 320,
        11 => 1088,
        < 32 => IntraBlockCutLevel,
        < 43 => 2080,
        _ => 1536,
    };

    /// <inheritdoc/>
    public override nn.Module Build() => new InceptionResnetV2Module(this);
}
