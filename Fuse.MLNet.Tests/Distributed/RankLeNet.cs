using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

/// <summary>Is the LeNet of the digit examples for three classes and without dropout, so that its steps depend on the rows alone.</summary>
public sealed class RankLeNet : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d _conv1 = nn.Conv2d(1, 32, 3);
    private readonly Conv2d _conv2 = nn.Conv2d(32, 64, 3);
    private readonly Linear _fc1 = nn.Linear(9216, 128);
    private readonly Linear _fc2 = nn.Linear(128, 3);

    public RankLeNet()
        : base(nameof(RankLeNet)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        Tensor x = nn.functional.relu(_conv1.call(input));
        x = nn.functional.relu(_conv2.call(x));
        x = nn.functional.max_pool2d(x, 2).flatten(1);
        return _fc2.call(nn.functional.relu(_fc1.call(x)));
    }
}
