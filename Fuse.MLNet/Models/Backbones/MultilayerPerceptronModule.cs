namespace Fuse.MLNet;

/// <summary>The module of <see cref="BackboneMultilayerPerceptron"/>.</summary>
internal sealed class MultilayerPerceptronModule : BackboneModule
{
    private readonly nn.Module<Tensor, Tensor> _mlp;

    public MultilayerPerceptronModule(BackboneMultilayerPerceptron description)
        : base(nameof(BackboneMultilayerPerceptron))
    {
        var layers = new List<nn.Module<Tensor, Tensor>>();
        long width = description.MlpInputSize;
        foreach (long next in description.Layers)
        {
            layers.Add(SizedLayer.Linear(width, next));
            if (description.ActivationLayer != ActivationLayer.None)
                layers.Add(description.ActivationLayer.Create(next));
            if (description.DropoutRate > 0)
                layers.Add(nn.Dropout(description.DropoutRate));
            width = next;
        }
        _mlp = Part("mlp", nn.Sequential(layers));
    }

    protected override Tensor Compute(Tensor input) => _mlp.call(input);
}
