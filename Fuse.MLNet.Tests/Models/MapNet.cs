namespace Fuse.MLNet.Tests;

/// <summary>Is one convolution with batch normalization, whose class does not say how many channels it gives.</summary>
public sealed class MapNet : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Conv2d conv1;
    private readonly TorchSharp.Modules.BatchNorm2d bn1;

    public MapNet(int inputs = 1, int channels = 4)
        : base(nameof(MapNet))
    {
        conv1 = nn.Conv2d(inputs, channels, 3, padding: 1);
        bn1 = nn.BatchNorm2d(channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => bn1.call(conv1.call(input)).relu();
}
