using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.Digits;

/// <summary>Is the small convolutional network of FuseMedML's and PyTorch's MNIST examples: <c>[N, 1, 28, 28]</c> to log-probabilities <c>[N, 10]</c>.</summary>
public sealed class LeNet : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d _conv1 = nn.Conv2d(1, 32, 3);
    private readonly Conv2d _conv2 = nn.Conv2d(32, 64, 3);
    private readonly Dropout _dropout1 = nn.Dropout(0.25);
    private readonly Dropout _dropout2 = nn.Dropout(0.5);
    private readonly Linear _fc1 = nn.Linear(9216, 128);
    private readonly Linear _fc2 = nn.Linear(128, 10);

    /// <summary>Builds the network: 1,199,882 parameters.</summary>
    public LeNet()
        : base(nameof(LeNet)) => RegisterComponents();

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor x = nn.functional.relu(_conv1.call(input));
        x = nn.functional.relu(_conv2.call(x));
        x = _dropout1.call(nn.functional.max_pool2d(x, 2)).flatten(1);
        x = _dropout2.call(nn.functional.relu(_fc1.call(x)));
        return nn.functional.log_softmax(_fc2.call(x), 1);
    }
}
