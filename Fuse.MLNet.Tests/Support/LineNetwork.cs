namespace Fuse.MLNet.Tests;

/// <summary>Is a line through the origin: one weight, from 0, times the first feature.</summary>
public sealed class LineNetwork : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Parameter _weight;

    public LineNetwork(float start = 0)
        : base(nameof(LineNetwork))
    {
        _weight = nn.Parameter(tensor(new[] { start }));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => input.narrow(1, 0, 1) * _weight;
}
