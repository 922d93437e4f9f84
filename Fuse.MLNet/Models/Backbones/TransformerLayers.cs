namespace Fuse.MLNet;

/// <summary>Is vit_pytorch's stack of layers: attention and two linear maps, each added to its input, normalized before, and once at the end.</summary>
internal sealed class TransformerLayers : BackboneModule
{
    // Not an array of so many: a description may claim any depth.
    private readonly List<(nn.Module<Tensor, Tensor> Attention, nn.Module<Tensor, Tensor> Linear)> _layers = [];
    private readonly nn.Module<Tensor, Tensor> _norm;

    public TransformerLayers(BackboneTransformer description)
        : base(nameof(TransformerLayers))
    {
        ModuleGroup list = Part("layers", new ModuleGroup());
        for (int i = 0; i < description.Depth; i++)
        {
            ModuleGroup layer = list.Part($"{i}", new ModuleGroup());
            _layers.Add((layer.Part("0", new TransformerAttention(description)), layer.Part("1", new TransformerLinear(description))));
        }
        _norm = Part("norm", SizedLayer.LayerNorm(description.TokenDim));
    }

    protected override Tensor Compute(Tensor input)
    {
        Tensor x = input;
        foreach ((nn.Module<Tensor, Tensor> attention, nn.Module<Tensor, Tensor> linear) in _layers)
        {
            x = attention.call(x) + x;
            x = linear.call(x) + x;
        }
        return _norm.call(x);
    }
}
