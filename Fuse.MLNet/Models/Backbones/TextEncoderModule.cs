namespace Fuse.MLNet;

/// <summary>The module of <see cref="BackboneTextEncoder"/>.</summary>
internal sealed class TextEncoderModule : nn.Module<Tensor, Tensor>
{
    private readonly TokenEncoder _encoder;
    private readonly TokenPooling _pool;

    public TextEncoderModule(BackboneTextEncoder description)
        : base(nameof(BackboneTextEncoder))
    {
        _pool = description.Pool;
        var shape = new TokenLayersShape(description.EmbDim, description.Depth, description.Heads, description.DimHead, description.Dropout);
        _encoder = new(description.NumTokens, description.MaxSeqLen, shape, description.PaddingId < 0 ? null : description.PaddingId);
        foreach ((string name, nn.Module part) in _encoder.named_children())
            register_module(name, part);
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = _encoder.Encode(input, out Tensor? shown);
        Tensor output = _pool switch
        {
            TokenPooling.Cls => x.select(1, 0),
            TokenPooling.Mean when shown is not null => (x * shown.unsqueeze(-1)).sum(1) / shown.sum(1, keepdim: true),
            TokenPooling.Mean => x.mean([1]),
            _ => x,
        };
        return output.MoveToOuterDisposeScope();
    }

    protected override void RegisterComponents()
    {
    }
}
