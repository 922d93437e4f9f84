namespace Fuse.MLNet.Tests;

/// <summary>Is a small network, with batch normalization or without.</summary>
public sealed class RankNet : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _layers;

    public RankNet(bool normalizes = false)
        : base(nameof(RankNet))
    {
        _layers = normalizes
            ? nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.Tanh(), nn.Linear(16, 3))
            : nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 3));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _layers.call(input);
}
