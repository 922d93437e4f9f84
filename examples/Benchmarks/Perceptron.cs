using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Is a perceptron of two hidden layers of one width.</summary>
public sealed class Perceptron : nn.Module<Tensor, Tensor>
{
    private readonly Sequential _layers;

    /// <summary>Builds the network.</summary>
    /// <param name="inputs">The number of features.</param>
    /// <param name="width">The width of the hidden layers.</param>
    /// <param name="classes">The number of classes.</param>
    public Perceptron(int inputs, int width, int classes)
        : base(nameof(Perceptron))
    {
        _layers = nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, classes));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _layers.call(input);
}
