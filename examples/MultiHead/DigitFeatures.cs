using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.MultiHead;

/// <summary>Is a small convolutional backbone: a picture <c>[N, 1, 28, 28]</c> to features <c>[N, 64]</c>.</summary>
public sealed class DigitFeatures : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d _conv1 = nn.Conv2d(1, 16, 3, padding: 1);
    private readonly Conv2d _conv2 = nn.Conv2d(16, 32, 3, padding: 1);
    private readonly Dropout _dropout = nn.Dropout(0.2);
    private readonly Linear _features = nn.Linear(32 * 7 * 7, 64);

    /// <summary>Builds the network.</summary>
    public DigitFeatures()
        : base(nameof(DigitFeatures)) => RegisterComponents();

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor x = nn.functional.max_pool2d(nn.functional.relu(_conv1.call(input)), 2);
        x = nn.functional.max_pool2d(nn.functional.relu(_conv2.call(x)), 2);
        return nn.functional.relu(_features.call(_dropout.call(x.flatten(1))));
    }
}
