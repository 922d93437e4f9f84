namespace Fuse.MLNet.Tests;

/// <summary>Is a small perceptron with dropout, so that its training draws random numbers.</summary>
public sealed class DropoutClassifier : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Linear _first = nn.Linear(2, 8);
    private readonly TorchSharp.Modules.Dropout _dropout = nn.Dropout(0.5);
    private readonly TorchSharp.Modules.Linear _second = nn.Linear(8, 3);

    public DropoutClassifier()
        : base(nameof(DropoutClassifier)) => RegisterComponents();

    public override Tensor forward(Tensor input) => _second.call(_dropout.call(nn.functional.relu(_first.call(input))));
}
