namespace Fuse.MLNet.Tests;

/// <summary>Flattens an image of 36 pixels and scales it.</summary>
public sealed class FlatNet : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.LayerNorm norm = nn.LayerNorm(36);

    public FlatNet()
        : base(nameof(FlatNet)) => RegisterComponents();

    public override Tensor forward(Tensor input) => norm.call(input.flatten(1));
}
