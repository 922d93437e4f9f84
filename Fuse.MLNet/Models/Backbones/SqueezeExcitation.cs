namespace Fuse.MLNet;

/// <summary>Weighs the channels of maps by what all places hold, and the places by what all channels hold.</summary>
internal sealed class SqueezeExcitation : BackboneModule
{
    private const long Reduction = 16;
    private readonly nn.Module<Tensor, Tensor> _channels;
    private readonly nn.Module<Tensor, Tensor> _places;

    public SqueezeExcitation(long channels)
        : base(nameof(SqueezeExcitation))
    {
        // A decoder narrower than the reduction keeps one channel, where the original would have none.
        long squeezed = Math.Max(1, channels / Reduction);
        _channels = Part("cSE", nn.Sequential(
            nn.AdaptiveAvgPool2d(1), SizedLayer.Conv2d(channels, squeezed, 1), nn.ReLU(), SizedLayer.Conv2d(squeezed, channels, 1), nn.Sigmoid()));
        _places = Part("sSE", nn.Sequential(SizedLayer.Conv2d(channels, 1, 1), nn.Sigmoid()));
    }

    protected override Tensor Compute(Tensor input) => (input * _channels.call(input)) + (input * _places.call(input));
}
