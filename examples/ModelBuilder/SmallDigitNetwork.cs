using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.ModelBuilder;

/// <summary>Is a convolutional network for small pictures of digits: <c>[N, 1, 7, 7]</c> to logits <c>[N, 10]</c>.</summary>
public sealed class SmallDigitNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d _conv1 = nn.Conv2d(1, 32, 3, padding: 1);
    private readonly Conv2d _conv2 = nn.Conv2d(32, 64, 3);
    private readonly Linear _fc1 = nn.Linear(64 * 5 * 5, 64);
    private readonly Linear _fc2 = nn.Linear(64, 10);

    /// <summary>Builds the network.</summary>
    public SmallDigitNetwork()
        : base(nameof(SmallDigitNetwork)) => RegisterComponents();

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor x = nn.functional.relu(_conv1.call(input));
        x = nn.functional.relu(_conv2.call(x)).flatten(1);
        return _fc2.call(nn.functional.relu(_fc1.call(x)));
    }
}
