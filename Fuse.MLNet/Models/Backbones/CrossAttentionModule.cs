namespace Fuse.MLNet;

/// <summary>The module of <see cref="BackboneCrossAttentionTransformerEncoder"/>.</summary>
internal sealed class CrossAttentionModule : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly TokenEncoder _encoderA;
    private readonly TokenEncoder _encoderB;
    private readonly TokenLayers? _fromA;
    private readonly TokenLayers? _fromB;
    private readonly nn.Module<Tensor, Tensor> _linear;

    public CrossAttentionModule(BackboneCrossAttentionTransformerEncoder description)
        : base(nameof(BackboneCrossAttentionTransformerEncoder))
    {
        TokenLayersShape Shape(int depth, long heads) => new(description.EmbDim, depth, heads, description.DimHead, description.Dropout);
        bool isBoth = description.Context == CrossAttentionContext.Both;
        _encoderA = new(description.NumTokensA, description.MaxSeqLenA, Shape(description.DepthA, description.HeadsA), description.PaddingId);
        _encoderB = new(description.NumTokensB, description.MaxSeqLenB, Shape(description.DepthB, description.HeadsB), description.PaddingId);
        register_module("enc_a", _encoderA);
        register_module("enc_b", _encoderB);
        if (description.Context != CrossAttentionContext.SeqB)
        {
            _fromB = new TokenLayers(Shape(description.DepthCrossAttn, description.HeadsCrossAttn));
            register_module(isBoth ? "cross_attn_a_as_context" : "cross_attn", _fromB);
        }
        if (description.Context != CrossAttentionContext.SeqA)
        {
            _fromA = new TokenLayers(Shape(description.DepthCrossAttn, description.HeadsCrossAttn));
            register_module(isBoth ? "cross_attn_b_as_context" : "cross_attn", _fromA);
        }
        _linear = SizedLayer.Linear(description.EmbDim, description.FeatureCount);
        register_module("last_linear", _linear);
    }

    public override Tensor forward(Tensor first, Tensor second)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = _encoderA.Encode(first, out Tensor? shownA);
        Tensor b = _encoderB.Encode(second, out Tensor? shownB);
        var outputs = new List<Tensor>();
        if (_fromA is not null)
            outputs.Add(_fromA.Attend(a, shownA, b, shownB));
        if (_fromB is not null)
            outputs.Add(_fromB.Attend(b, shownB, a, shownA));
        return _linear.call(cat(outputs, 1)).MoveToOuterDisposeScope();
    }

    protected override void RegisterComponents()
    {
    }
}
