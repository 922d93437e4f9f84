namespace Fuse.MLNet.Tests;

/// <summary>Is one convolution and one linear layer over images <c>[N, 1, 6, 6]</c>, for three classes.</summary>
public sealed class TinyConvolution : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Conv2d _convolution = nn.Conv2d(1, 4, 3);
    private readonly TorchSharp.Modules.Linear _linear = nn.Linear(64, 3);

    public TinyConvolution()
        : base(nameof(TinyConvolution)) => RegisterComponents();

    public override Tensor forward(Tensor input) => _linear.call(nn.functional.relu(_convolution.call(input)).flatten(1));
}
