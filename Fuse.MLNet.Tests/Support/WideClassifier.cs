namespace Fuse.MLNet.Tests;

/// <summary>Is a classifier with weights of some kilobytes.</summary>
public sealed class WideClassifier : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _layers = nn.Sequential(nn.Linear(2, 512), nn.ReLU(), nn.Linear(512, 3));

    public WideClassifier()
        : base(nameof(WideClassifier)) => RegisterComponents();

    public override Tensor forward(Tensor input) => _layers.call(input);
}
