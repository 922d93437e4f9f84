namespace Fuse.MLNet.Tests;

/// <summary>Is a linear layer whose weights are given, so that what it computes is known.</summary>
public sealed class FixedLinear : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Parameter _weight;
    private readonly TorchSharp.Modules.Parameter _bias;

    /// <param name="weights">The weights, output by output.</param>
    /// <param name="biases">A bias for each output.</param>
    public FixedLinear(float[] weights, float[] biases)
        : base(nameof(FixedLinear))
    {
        _weight = nn.Parameter(tensor(weights).reshape(biases.Length, -1));
        _bias = nn.Parameter(tensor(biases));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => nn.functional.linear(input, _weight, _bias);
}
