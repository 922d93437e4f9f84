using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

/// <summary>Is a convolution and a linear layer, each with batch normalization right behind it, over two features, for three classes.</summary>
public sealed class NormalizedConvolution : nn.Module<Tensor, Tensor>
{
    private readonly Sequential _layers;

    public NormalizedConvolution(bool hasBias)
        : base(nameof(NormalizedConvolution))
    {
        _layers = nn.Sequential(
            nn.Unflatten(1, [1, 2]), nn.Conv1d(1, 4, 2, bias: hasBias), nn.BatchNorm1d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4, 5, hasBias), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _layers.call(input);
}
