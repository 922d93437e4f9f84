namespace Fuse.MLNet.Tests;

/// <summary>Adds a linear function of a column to that of an image, each an argument of its own.</summary>
public sealed class TwoInputs : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Linear picture = nn.Linear(36, 5);
    private readonly TorchSharp.Modules.Linear table = nn.Linear(2, 5);

    public TwoInputs()
        : base(nameof(TwoInputs)) => RegisterComponents();

    public override Tensor forward(Tensor image, Tensor blood) => picture.call(image.flatten(1)) + table.call(blood);
}
