namespace Fuse.MLNet;

/// <summary>Is x_transformers' attention: queries, keys and values by maps without bias.</summary>
internal sealed class TokenAttention : nn.Module
{
    private readonly nn.Module<Tensor, Tensor> _toQ;
    private readonly nn.Module<Tensor, Tensor> _toK;
    private readonly nn.Module<Tensor, Tensor> _toV;
    private readonly nn.Module<Tensor, Tensor> _toOut;
    private readonly TokenLayersShape _shape;

    public TokenAttention(TokenLayersShape shape)
        : base(nameof(TokenAttention))
    {
        _shape = shape;
        long inner = shape.Heads * shape.DimHead;
        _toQ = SizedLayer.Linear(shape.Dim, inner, hasBias: false);
        _toK = SizedLayer.Linear(shape.Dim, inner, hasBias: false);
        _toV = SizedLayer.Linear(shape.Dim, inner, hasBias: false);
        _toOut = SizedLayer.Linear(inner, shape.Dim, hasBias: false);
        register_module("to_q", _toQ);
        register_module("to_k", _toK);
        register_module("to_v", _toV);
        register_module("to_out", _toOut);
    }

    /// <summary>Attends from tokens to others.</summary>
    public Tensor Attend(Tensor input, Tensor context, Tensor? contextShown) => _toOut.call(AttentionHeads.Attend(
        _toQ.call(input), _toK.call(context), _toV.call(context), _shape.Heads, training ? _shape.Dropout : 0, contextShown));

    protected override void RegisterComponents()
    {
    }
}
