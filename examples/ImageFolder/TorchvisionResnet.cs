using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.ImageFolder;

/// <summary>Is ResNet-18 with a classifier, under torchvision's names: <c>conv1.weight</c>, <c>layer1.0.conv1.weight</c> and so on, and <c>fc.weight</c>.</summary>
public sealed class TorchvisionResnet : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _features;
    private readonly TorchSharp.Modules.Linear _classifier;

    /// <summary>Builds the network.</summary>
    /// <param name="classes">The number of classes.</param>
    public TorchvisionResnet(long classes)
        : base(nameof(TorchvisionResnet))
    {
        var backbone = new BackboneResnet { Name = "resnet18", Pool = GlobalPooling.Average };
        _features = (nn.Module<Tensor, Tensor>)backbone.Build();
        _classifier = nn.Linear(backbone.FeatureCount, classes);
        foreach ((string name, nn.Module part) in _features.named_children())
            register_module(name, part);
        register_module("fc", _classifier);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _classifier.call(_features.call(input));

    /// <summary>Registers nothing more: the constructor gave the parts their names.</summary>
    protected override void RegisterComponents()
    {
    }
}
