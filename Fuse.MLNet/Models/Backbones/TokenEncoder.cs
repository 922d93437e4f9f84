namespace Fuse.MLNet;

/// <summary>Is x_transformers' encoder of token ids: embeddings of tokens and positions, then layers of self-attention.</summary>
internal sealed class TokenEncoder : nn.Module
{
    private readonly nn.Module<Tensor, Tensor> _tokens;
    private readonly nn.Module<Tensor, Tensor> _positions;
    private readonly nn.Module<Tensor, Tensor> _dropout;
    private readonly TokenLayers _layers;
    private readonly long _maxLength;
    private readonly long? _paddingId;
    private readonly double _positionScale;

    public TokenEncoder(long numTokens, long maxLength, TokenLayersShape shape, long? paddingId)
        : base(nameof(TokenEncoder))
    {
        (_maxLength, _paddingId, _positionScale) = (maxLength, paddingId, 1 / Math.Sqrt(shape.Dim));
        var tokens = new ModuleGroup();
        var positions = new ModuleGroup();
        register_module("token_emb", tokens);
        register_module("pos_emb", positions);
        _tokens = tokens.Part("emb", SizedLayer.Embedding(numTokens, shape.Dim));
        _positions = positions.Part("emb", SizedLayer.Embedding(maxLength, shape.Dim));
        _dropout = nn.Dropout(shape.Dropout);
        _layers = new TokenLayers(shape);
        register_module("emb_dropout", _dropout);
        register_module("attn_layers", _layers);
        using var noGrad = no_grad();
        foreach (Parameter weight in _tokens.parameters())
            nn.init.kaiming_normal_(weight);
    }

    /// <summary>Encodes ids <c>[N, T]</c> as <c>[N, T, D]</c>; padding is not attended to.</summary>
    /// <param name="ids">The ids, of any numeric type.</param>
    /// <param name="shown">Which are not padding, Boolean <c>[N, T]</c>, or null when there is no padding id.</param>
    public Tensor Encode(Tensor ids, out Tensor? shown)
    {
        if (ids.dim() != 2 || ids.shape[1] > _maxLength)
            throw new ArgumentException($"Token ids must be [N, T] with at most {_maxLength} tokens a row, not [{string.Join(", ", ids.shape)}]: cut them, or build for longer sequences.");
        Tensor whole = ids.to(ScalarType.Int64);
        shown = null;
        if (_paddingId is { } padding)
        {
            // A row of nothing but padding is read as it is: attention to nothing is not a number.
            shown = whole.ne(padding);
            shown = shown.logical_or(shown.any(1, keepdim: true).logical_not());
        }
        Tensor places = _positions.call(arange(ids.shape[1], ScalarType.Int64, whole.device));
        return _layers.Attend(_dropout.call(_tokens.call(whole) + (places * _positionScale)), shown);
    }

    protected override void RegisterComponents()
    {
    }
}
