using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.CrossValidation;

/// <summary>Is a perceptron of one hidden layer over the pixels of a digit: <c>[N, 784]</c> to logits <c>[N, 10]</c>.</summary>
public sealed class DigitPerceptron : nn.Module<Tensor, Tensor>
{
    private readonly Linear _hidden;
    private readonly Dropout _dropout = nn.Dropout(0.2);
    private readonly Linear _output;

    /// <summary>Builds the network.</summary>
    /// <param name="width">The number of hidden units.</param>
    public DigitPerceptron(int width)
        : base(nameof(DigitPerceptron))
    {
        _hidden = nn.Linear(784, width);
        _output = nn.Linear(width, 10);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _output.call(_dropout.call(nn.functional.relu(_hidden.call(input))));
}
