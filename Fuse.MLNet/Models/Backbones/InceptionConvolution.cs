namespace Fuse.MLNet;

/// <summary>Is a convolution without bias, with batch normalization (epsilon 0.001, momentum 0.01) and ReLU.</summary>
internal sealed class InceptionConvolution : BackboneModule, INormalizedLayers
{
    private readonly nn.Module<Tensor, Tensor> _convolution;
    private nn.Module<Tensor, Tensor> _norm;

    public InceptionConvolution(long inputs, long outputs, long height, long width, long stride = 1, bool isPadded = true)
        : base(nameof(InceptionConvolution))
    {
        (long, long) padding = isPadded ? (height / 2, width / 2) : (0, 0);
        _convolution = Part("conv", SizedLayer.Conv2d(inputs, outputs, (height, width), (stride, stride), padding, bias: false));
        _norm = Part("bn", SizedLayer.BatchNorm2d(outputs, eps: 0.001, momentum: 0.01));
    }

    /// <summary>Makes a convolution of a square kernel that keeps the size.</summary>
    public static InceptionConvolution Square(long inputs, long outputs, long side) => new(inputs, outputs, side, side);

    /// <summary>Makes a convolution of 3 x 3 without padding, which takes one pixel of every side, and halves with stride 2.</summary>
    public static InceptionConvolution Valid(long inputs, long outputs, long stride = 1) => new(inputs, outputs, 3, 3, stride, isPadded: false);

    public IEnumerable<NormalizedLayer> NormalizedLayers => [new(_convolution, _norm, norm => _norm = norm)];

    protected override Tensor Compute(Tensor input) => nn.functional.relu(_norm.call(_convolution.call(input)));
}
