using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Is a perceptron of one hidden layer.</summary>
public sealed class OneHiddenLayer : nn.Module<Tensor, Tensor>
{
    private readonly Linear _first;
    private readonly Linear _second;

    /// <summary>Builds the network.</summary>
    /// <param name="inputs">The number of features.</param>
    /// <param name="width">The width of the hidden layer.</param>
    /// <param name="classes">The number of classes.</param>
    public OneHiddenLayer(int inputs, int width, int classes)
        : base(nameof(OneHiddenLayer))
    {
        (_first, _second) = (nn.Linear(inputs, width), nn.Linear(width, classes));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _second.call(nn.functional.relu(_first.call(input)));
}
