namespace Fuse.MLNet;

/// <summary>The module of <see cref="BackboneTransformer"/>.</summary>
internal sealed class TransformerModule : BackboneModule
{
    [TorchSharp.Utils.ComponentName(Name = "pos_embedding")]
    private readonly Parameter _positions;
    [TorchSharp.Utils.ComponentName(Name = "cls_tokens")]
    private readonly Parameter _classTokens;
    private readonly nn.Module<Tensor, Tensor> _dropout;
    private readonly TransformerLayers _layers;

    public TransformerModule(BackboneTransformer description)
        : base(nameof(BackboneTransformer))
    {
        _positions = new Parameter(SizedLayer.Normal(1, description.NumTokens + description.NumClsTokens, description.TokenDim));
        _classTokens = new Parameter(SizedLayer.Normal(1, description.NumClsTokens, description.TokenDim));
        register_parameter("pos_embedding", _positions);
        register_parameter("cls_tokens", _classTokens);
        _dropout = Part("dropout", nn.Dropout(description.EmbDropout));
        _layers = Part("transformer", new TransformerLayers(description));
    }

    protected override Tensor Compute(Tensor input)
    {
        long tokens = _positions.shape[1] - _classTokens.shape[1];
        if (input.dim() != 3 || input.shape[1] != tokens || input.shape[2] != _positions.shape[2])
            throw new ArgumentException($"{GetName()} takes tokens [N, {tokens}, {_positions.shape[2]}], not [{string.Join(", ", input.shape)}].");
        Tensor x = cat([_classTokens.expand(input.shape[0], -1, -1), input], 1) + _positions;
        return _layers.call(_dropout.call(x));
    }
}
