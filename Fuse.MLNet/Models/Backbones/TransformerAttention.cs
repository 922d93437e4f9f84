namespace Fuse.MLNet;

/// <summary>Is vit_pytorch's self-attention, normalized before.</summary>
internal sealed class TransformerAttention : BackboneModule
{
    private readonly long _heads;
    private readonly double _dropout;
    private readonly nn.Module<Tensor, Tensor> _norm;
    private readonly nn.Module<Tensor, Tensor> _toQkv;
    private readonly nn.Module<Tensor, Tensor>? _toOut;

    public TransformerAttention(BackboneTransformer description)
        : base(nameof(TransformerAttention))
    {
        _heads = description.Heads;
        _dropout = description.Dropout;
        long inner = description.Heads * description.DimHead;
        _norm = Part("norm", SizedLayer.LayerNorm(description.TokenDim));
        _toQkv = Part("to_qkv", SizedLayer.Linear(description.TokenDim, inner * 3, hasBias: false));
        // One head of the token's own size needs no map back, and has none in the original.
        if (description.Heads != 1 || description.DimHead != description.TokenDim)
            _toOut = Part("to_out", nn.Sequential(SizedLayer.Linear(inner, description.TokenDim), nn.Dropout(description.Dropout)));
    }

    protected override Tensor Compute(Tensor input)
    {
        Tensor[] parts = _toQkv.call(_norm.call(input)).chunk(3, -1);
        Tensor x = AttentionHeads.Attend(parts[0], parts[1], parts[2], _heads, training ? _dropout : 0);
        return _toOut is null ? x : _toOut.call(x);
    }
}
