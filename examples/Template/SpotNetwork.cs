using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.Template;

/// <summary>Is a small convolutional network: pictures <c>[N, 1, H, W]</c> to feature maps <c>[N, width * 2, H / 4, W / 4]</c>.</summary>
/// <remarks>TODO: make this your own network. Any TorchSharp module works whose constructor's arguments are numbers, Booleans, text, enums or lists of those.</remarks>
public sealed class SpotNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d _conv1;
    private readonly Conv2d _conv2;
    private readonly BatchNorm2d _norm1;
    private readonly BatchNorm2d _norm2;

    /// <summary>Builds the network.</summary>
    /// <param name="width">The number of feature maps of the first layer.</param>
    public SpotNetwork(int width)
        : base(nameof(SpotNetwork))
    {
        _conv1 = nn.Conv2d(1, width, 3, padding: 1);
        _norm1 = nn.BatchNorm2d(width);
        _conv2 = nn.Conv2d(width, width * 2, 3, padding: 1);
        _norm2 = nn.BatchNorm2d(width * 2);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor x = nn.functional.max_pool2d(nn.functional.relu(_norm1.call(_conv1.call(input))), 2);
        return nn.functional.max_pool2d(nn.functional.relu(_norm2.call(_conv2.call(x))), 2);
    }
}
