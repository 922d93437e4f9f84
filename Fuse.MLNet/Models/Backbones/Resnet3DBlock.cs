namespace Fuse.MLNet;

/// <summary>Is torchvision's residual block of video networks: two 3 x 3 x 3 convolutions.</summary>
internal sealed class Resnet3DBlock : BackboneModule
{
    private readonly nn.Module<Tensor, Tensor> _first;
    private readonly nn.Module<Tensor, Tensor> _second;
    private readonly nn.Module<Tensor, Tensor>? _downsample;

    public Resnet3DBlock(long inputs, long outputs, long stride)
        : base(nameof(Resnet3DBlock))
    {
        _first = Part("conv1", nn.Sequential(Layers.Convolution(3, inputs, outputs, 3, stride, bias: false), SizedLayer.BatchNorm3d(outputs), nn.ReLU()));
        _second = Part("conv2", nn.Sequential(Layers.Convolution(3, outputs, outputs, 3, bias: false), SizedLayer.BatchNorm3d(outputs)));
        if (stride != 1 || inputs != outputs)
            _downsample = Part("downsample", nn.Sequential(Layers.Convolution(3, inputs, outputs, 1, stride, bias: false), SizedLayer.BatchNorm3d(outputs)));
    }

    protected override Tensor Compute(Tensor input) =>
        nn.functional.relu(_second.call(_first.call(input)) + (_downsample?.call(input) ?? input));
}
