using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

/// <summary>Normalizes the places of <c>[N, 2, 1]</c>, and not the outputs of the linear layer before.</summary>
public sealed class NormalizedPlaces : nn.Module<Tensor, Tensor>
{
    private readonly Sequential _layers = nn.Sequential(nn.Linear(1, 2), nn.BatchNorm1d(2), nn.Flatten(), nn.Linear(4, 3));

    public NormalizedPlaces()
        : base(nameof(NormalizedPlaces)) => RegisterComponents();

    public override Tensor forward(Tensor input) => _layers.call(input);
}
