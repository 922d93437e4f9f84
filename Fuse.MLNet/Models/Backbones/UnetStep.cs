namespace Fuse.MLNet;

/// <summary>Is one step of a U-Net: a convolution that keeps the size, normalization and activation.</summary>
internal sealed class UnetStep : BackboneModule, INormalizedLayers
{
    private readonly nn.Module<Tensor, Tensor> _convolution;
    private nn.Module<Tensor, Tensor> _norm;
    private readonly nn.Module<Tensor, Tensor> _activation;

    public UnetStep(int dimensions, long inputs, long outputs, ActivationLayer activation)
        : base(nameof(UnetStep))
    {
        _convolution = Part("conv1", Layers.Convolution(dimensions, inputs, outputs, 3));
        _norm = Part("bn1", Layers.BatchNorm(dimensions, outputs));
        _activation = Part("activation", activation.Create(outputs));
    }

    public IEnumerable<NormalizedLayer> NormalizedLayers => [new(_convolution, _norm, norm => _norm = norm)];

    protected override Tensor Compute(Tensor input) => _activation.call(_norm.call(_convolution.call(input)));
}
