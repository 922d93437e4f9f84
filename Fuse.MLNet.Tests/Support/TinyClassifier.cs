namespace Fuse.MLNet.Tests;

/// <summary>Is one linear layer.</summary>
public sealed class TinyClassifier : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Linear _linear;

    public TinyClassifier(int inputs = 2, int classes = 3)
        : base(nameof(TinyClassifier))
    {
        _linear = nn.Linear(inputs, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _linear.call(input);
}
