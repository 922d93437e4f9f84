namespace Fuse.MLNet;

/// <summary>Is torchvision's residual block of 2D networks: two 3 x 3 convolutions, or a bottleneck of 1 x 1, 3 x 3 and 1 x 1.</summary>
internal sealed class ResnetBlock : BackboneModule, INormalizedLayers
{
    private const long Expansion = 4;
    private readonly (nn.Module<Tensor, Tensor> Convolution, nn.Module<Tensor, Tensor> Norm)[] _steps;
    private readonly nn.Module<Tensor, Tensor>? _downsample;

    public ResnetBlock(long inputs, long width, long stride, bool isBottleneck)
        : base(nameof(ResnetBlock))
    {
        Outputs = isBottleneck ? width * Expansion : width;
        _steps = isBottleneck
            ? [Step(1, inputs, width, 1), Step(2, width, width, 3, stride), Step(3, width, Outputs, 1)]
            : [Step(1, inputs, width, 3, stride), Step(2, width, width, 3)];
        if (stride != 1 || inputs != Outputs)
            _downsample = Part("downsample", nn.Sequential(Layers.Convolution(2, inputs, Outputs, 1, stride, bias: false), SizedLayer.BatchNorm2d(Outputs)));
    }

    /// <summary>Gets the number of channels out.</summary>
    public long Outputs { get; }

    public IEnumerable<NormalizedLayer> NormalizedLayers => _steps.Select((step, i) => new NormalizedLayer(step.Convolution, step.Norm, norm => _steps[i].Norm = norm));

    protected override Tensor Compute(Tensor input)
    {
        Tensor x = input;
        for (int i = 0; i < _steps.Length; i++)
        {
            x = _steps[i].Norm.call(_steps[i].Convolution.call(x));
            if (i < _steps.Length - 1)
                x = nn.functional.relu(x);
        }
        return nn.functional.relu(x + (_downsample?.call(input) ?? input));
    }

    private (nn.Module<Tensor, Tensor> Convolution, nn.Module<Tensor, Tensor> Norm) Step(int number, long inputs, long outputs, long kernel, long stride = 1) =>
        (Part($"conv{number}", Layers.Convolution(2, inputs, outputs, kernel, stride, bias: false)), Part($"bn{number}", SizedLayer.BatchNorm2d(outputs)));
}
