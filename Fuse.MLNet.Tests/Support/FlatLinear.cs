namespace Fuse.MLNet.Tests;

/// <summary>Flattens rows, and is one linear layer from their values to one number.</summary>
public sealed class FlatLinear : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Linear _linear;

    public FlatLinear(int inputs, int outputs = 1)
        : base(nameof(FlatLinear))
    {
        _linear = nn.Linear(inputs, outputs);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _linear.call(input.flatten(1));
}
