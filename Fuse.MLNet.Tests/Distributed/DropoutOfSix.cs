namespace Fuse.MLNet.Tests;

/// <summary>Draws random numbers in each step.</summary>
public sealed class DropoutOfSix : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _layers = nn.Sequential(nn.Dropout(0.5), nn.Linear(6, 3));

    public DropoutOfSix()
        : base(nameof(DropoutOfSix)) => RegisterComponents();

    public override Tensor forward(Tensor input) => _layers.call(input);
}
