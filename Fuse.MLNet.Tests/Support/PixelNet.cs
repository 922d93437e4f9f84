namespace Fuse.MLNet.Tests;

/// <summary>Is two convolutions of one pixel: <c>[N, 1, H, W]</c> to a map for each class.</summary>
public sealed class PixelNet : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Conv2d _hidden = nn.Conv2d(1, 16, 1);
    private readonly TorchSharp.Modules.Conv2d _output;

    public PixelNet(int classes)
        : base(nameof(PixelNet))
    {
        _output = nn.Conv2d(16, classes, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _output.call(_hidden.call(input).relu());
}
