namespace Fuse.MLNet.Tests;

/// <summary>Is a linear layer beside a sum over more numbers than any memory holds.</summary>
public sealed class HugeNetwork : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Linear _linear = nn.Linear(2, 3);

    public HugeNetwork()
        : base(nameof(HugeNetwork)) => RegisterComponents();

    public override Tensor forward(Tensor input) => _linear.call(input) + zeros([1L << 42], device: input.device).sum();
}
