using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

/// <summary>Calls a layer both with and without the batch normalization behind it.</summary>
public sealed class SharedLayer : nn.Module<Tensor, Tensor>
{
    private readonly Linear _linear = nn.Linear(2, 3);
    private readonly Sequential _layers;

    public SharedLayer()
        : base(nameof(SharedLayer))
    {
        _layers = nn.Sequential(_linear, nn.BatchNorm1d(3));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _layers.call(input) + _linear.call(input);
}
