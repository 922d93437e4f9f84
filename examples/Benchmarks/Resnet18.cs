using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Is the library's ResNet-18 with a linear layer of ten classes.</summary>
public sealed class Resnet18 : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _backbone = (nn.Module<Tensor, Tensor>)new BackboneResnet { Pool = GlobalPooling.Average }.Build();
    private readonly Linear _classes = nn.Linear(512, 10);

    /// <summary>Builds the network.</summary>
    public Resnet18()
        : base(nameof(Resnet18)) => RegisterComponents();

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _classes.call(_backbone.call(input));
}
