namespace Fuse.MLNet.Tests;

/// <summary>A segmentation network of three convolutions: <c>[N, 1, H, W]</c> to logits <c>[N, 2, H, W]</c>.</summary>
public sealed class BlobNet : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _layers = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding: 1), nn.ReLU(),
        nn.Conv2d(8, 8, 3, padding: 2, dilation: 2), nn.ReLU(),
        nn.Conv2d(8, 2, 3, padding: 1));

    public BlobNet()
        : base(nameof(BlobNet)) => RegisterComponents();

    public override Tensor forward(Tensor input) => _layers.call(input);
}
