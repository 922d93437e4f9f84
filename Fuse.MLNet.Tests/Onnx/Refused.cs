namespace Fuse.MLNet.Tests;

/// <summary>Is a network with one linear layer and then a function, or a function alone.</summary>
internal sealed class Refused : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> layer;
    private readonly Func<Tensor, Tensor> _run;

    public Refused(Func<Tensor, Tensor> run, nn.Module<Tensor, Tensor>? layer = null)
        : base(nameof(Refused))
    {
        this.layer = layer ?? nn.Identity();
        _run = run;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _run(layer.call(input));
}
